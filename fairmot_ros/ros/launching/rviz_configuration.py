# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Configuration of RViz for several cameras, made from that for one."""

from __future__ import annotations

import copy
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from fairmot_ros.files.yaml_files import read_yaml

NODE = '/fairmot/'  # of the topics in the configuration for one camera
#: Properties of the grid and the view in a camera's optical frame; the defaults have z up.
OPTICAL = ('Plane', 'Offset')


def for_cameras(configuration: Path, node: str, cameras: Sequence[str]) -> Path:
    """Write a configuration in which each camera has displays of its own; return its path.

    Args:
        configuration: file for one camera of the node `/fairmot`.
        node: fully qualified name of the node.
        cameras: names of the cameras.
    """
    content = read_yaml(configuration)
    manager = content['Visualization Manager']
    manager['Displays'] = [
        found for display in manager['Displays'] for found in _displays(display, node, cameras)
    ]
    del manager['Views']
    with tempfile.NamedTemporaryFile('w', prefix='fairmot_', suffix='.rviz', delete=False) as file:
        yaml.safe_dump(content, file, sort_keys=False)
    return Path(file.name)


def _displays(display: dict[str, Any], node: str, cameras: Sequence[str]) -> list[dict[str, Any]]:
    """Return a display for each camera, or the display itself if it shows no topic of the node."""
    topic = display.get('Topic', {}).get('Value', '')
    if not topic.startswith(NODE):
        return [{key: value for key, value in display.items() if key not in OPTICAL}]
    displays = []
    for camera in cameras:
        found = copy.deepcopy(display)
        found['Name'] = f'{display["Name"]}, {camera}'
        found['Topic']['Value'] = f'{node}/{camera}/{topic.removeprefix(NODE)}'
        displays.append(found)
    return displays
