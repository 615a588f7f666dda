# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Bags in both storage formats: damaged files, and valid files with damaged messages."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from rosbags.rosbag2 import StoragePlugin, Writer

from fairmot_ros.evaluation.bags import Bag, BagError, ImageStream
from fairmot_ros.evaluation.bags.boxes import read_boxes
from fairmot_ros.evaluation.bags.message_types import (
    BOX_TYPES,
    COMPRESSED_IMAGE,
    DETECTIONS,
    IMAGE,
    TRACKS,
    known_types,
)
from fairmot_ros.evaluation.bags.sequence import BagLayout, write_sequence
from fairmot_ros.evaluation.bags.writer import VERSION
from fuzz.mutations import damaged
from fuzz.target import Target

STORAGES = {'mcap': (StoragePlugin.MCAP, '.mcap'), 'sqlite3': (StoragePlugin.SQLITE3, '.db3')}
IMAGES, TRUTH = '/image', '/ground_truth'
Files = dict[str, bytes]  # content by file name


@cache
def small_bag(storage: str, image_format: str = 'raw', compress: bool = False) -> Files:
    """Return the files of a bag with three images and their boxes."""
    rng = np.random.default_rng(1)
    images = list(rng.integers(0, 256, (3, 8, 8, 3), dtype=np.uint8))
    truth = np.array([[f, 1, 1, 1, 4, 4, 1] for f in (1, 2, 3)], float)
    layout = BagLayout(storage=storage, image_format=image_format, compress=compress)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / 'bag'
        write_sequence(path, images, 7.0, truth, layout)
        return {file.name: file.read_bytes() for file in path.iterdir()}


@st.composite
def damaged_bags(draw: DrawFn, storage: str) -> Files:
    """Draw a bag with one damaged or missing file."""
    files = small_bag(storage, draw(st.sampled_from(('raw', 'png'))), draw(st.booleans()))
    name = draw(st.sampled_from(sorted(files)))
    kept = {other: content for other, content in files.items() if other != name}
    return kept if draw(st.integers(0, 9)) == 9 else {**kept, name: draw(damaged(files[name]))}


@cache
def valid_messages() -> dict[str, tuple[bytes, ...]]:
    """Return valid serialised messages by type."""
    types = known_types()
    found: dict[str, tuple[bytes, ...]] = {}
    for image_format in ('raw', 'png'):
        with tempfile.TemporaryDirectory() as folder:
            for name, content in small_bag('mcap', image_format).items():
                (Path(folder) / name).write_bytes(content)
            with Bag(folder) as bag:
                for topic, entry in bag.topics.items():
                    found[entry.type] = tuple(m.data for m in bag.messages([topic]))
    header = types.deserialize_cdr(found[DETECTIONS][0], DETECTIONS).header
    box = types.deserialize_cdr(found[DETECTIONS][0], DETECTIONS).detections[0].bbox
    duration = types.types['builtin_interfaces/msg/Duration'](sec=1, nanosec=0)
    track = types.types['fairmot_ros/msg/Track'](
        track_id=1,
        id='1',
        name='',
        class_id='person',
        score=0.5,
        state=1,
        bbox=box,
        velocity=np.zeros(2),
        bbox_covariance=np.zeros(16),
        age=duration,
        time_since_update=duration,
        hits=3,
        embedding=np.ones(4, np.float32),
        **{name.upper(): n for n, name in enumerate(('tentative', 'tracked', 'lost', 'removed'))},
    )
    array = types.types[TRACKS](header=header, model='m', tracks=[track])
    found[TRACKS] = (bytes(types.serialize_cdr(array, TRACKS)),)
    return found


@st.composite
def damaged_messages(draw: DrawFn, storage: str) -> Files:
    """Draw a valid bag file with some damaged messages."""
    valid = valid_messages()
    kinds = {
        IMAGES: draw(st.sampled_from((IMAGE, COMPRESSED_IMAGE))),
        TRUTH: draw(st.sampled_from((DETECTIONS, TRACKS))),
    }
    plugin, _ = STORAGES[storage]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / 'bag'
        with Writer(path, version=VERSION, storage_plugin=plugin) as writer:
            for topic, kind in kinds.items():
                connection = writer.add_connection(topic, kind, typestore=known_types())
                for number, data in enumerate(valid[kind]):
                    changed = draw(st.one_of(st.just(data), damaged(data)))
                    writer.write(connection, number, changed)
        return {file.name: file.read_bytes() for file in path.iterdir()}


def inputs(storage: str) -> SearchStrategy[Files]:
    """Return the strategy for the files of a bag."""
    return st.one_of(damaged_bags(storage), damaged_messages(storage))


def read(files: Files, folder: Path) -> None:
    """Read all images, and the boxes of every topic with boxes."""
    path = folder / 'walk'
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    for name, content in files.items():
        (path / name).write_bytes(content)
    with Bag(path) as bag:
        for image in ImageStream(bag).images():
            assert image.pixels.dtype == np.uint8 and image.pixels.shape[2] == 3
        for topic in bag.topics_of(BOX_TYPES):
            table = read_boxes(bag, topic)
            table.rows(np.arange(1, len(table.stamps) + 1))


def _target(storage: str) -> Target:
    make: Callable[[], SearchStrategy[Files]] = partial(inputs, storage)
    return Target(f'bag ({storage})', BagError, make, read, 'walk')


TARGETS = tuple(map(_target, STORAGES))
