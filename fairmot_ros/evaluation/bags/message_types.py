# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Message types in bags: those of ROS 2, vision_msgs and this package."""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path

from rosbags.typesys import Stores, get_types_from_msg, get_typestore
from rosbags.typesys.store import Typestore

from fairmot_ros.evaluation.bags.errors import BagError

IMAGE, COMPRESSED_IMAGE = 'sensor_msgs/msg/Image', 'sensor_msgs/msg/CompressedImage'
DETECTIONS, TRACKS = 'vision_msgs/msg/Detection2DArray', 'fairmot_ros/msg/TrackArray'
IMAGE_TYPES = (IMAGE, COMPRESSED_IMAGE)
BOX_TYPES = (DETECTIONS, TRACKS)

_REPOSITORY = Path(__file__).resolve().parents[3]
_IN_SOURCE_TREE = {
    'fairmot_ros': _REPOSITORY / 'msg',
    'vision_msgs': _REPOSITORY / 'third_party' / 'vision_msgs' / 'msg',
}


@cache
def known_types() -> Typestore:
    """Return the message types of ROS 2 Jazzy, vision_msgs and this package.

    Raises:
        BagError: if the definitions of this package's messages are not installed.
    """
    store = get_typestore(Stores.ROS2_JAZZY)
    added = {}
    for package, in_source_tree in _IN_SOURCE_TREE.items():
        for file in sorted(_definitions(package, in_source_tree).glob('*.msg')):
            added.update(get_types_from_msg(file.read_text(), f'{package}/msg/{file.stem}'))
    store.register(added)
    return store


@cache
def former_types() -> Typestore:
    """Return the known types with the track messages of version 0.1.

    They are needed for bags without embedded definitions, which may be of any version.

    Raises:
        BagError: if the definitions of this package's messages are not installed.
    """
    folder = _definitions('fairmot_ros', _IN_SOURCE_TREE['fairmot_ros'])
    changed = {}
    for name in ('Track', 'TrackEvent'):
        lines = (folder / f'{name}.msg').read_text().splitlines()
        kept = [line for line in lines if not line.startswith(('string id ', 'string name '))]
        changed.update(get_types_from_msg('\n'.join(kept), f'fairmot_ros/msg/{name}'))
    store = get_typestore(Stores.EMPTY)
    store.register({**known_types().fielddefs, **changed})
    return store


def _definitions(package: str, in_source_tree: Path) -> Path:
    """Return the folder with the .msg files of a package, in source tree or installation."""
    prefixes = [*os.environ.get('AMENT_PREFIX_PATH', '').split(os.pathsep), sys.prefix]
    installed = [Path(p) / 'share' / package / 'msg' for p in prefixes if p]
    for folder in (in_source_tree, *installed):
        if any(folder.glob('*.msg')):
            return folder
    raise BagError(
        f'the message definitions of {package} were not found in '
        f'{", ".join(map(str, installed))}: source the setup.bash of the workspace, or install '
        'the package with pip'
    )
