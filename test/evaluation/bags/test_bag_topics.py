# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Bags with topics or definitions that cannot be used; others are not affected."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip('rosbags', reason='needs rosbags')
pytest.importorskip('mcap', reason='needs mcap')
from bag_cases import FRAMES, make_bag, storage_file
from mcap.writer import CompressionType, Writer

from fairmot_ros.evaluation.bags import Bag, BagError, ImageStream
from fairmot_ros.evaluation.bags.message_types import IMAGE, IMAGE_TYPES, known_types

NOT_TEXT = b'\n\xff\xfe\x80sensor'  # like the binary schemas of protobuf


def image_data(stamp: int) -> bytes:
    types = known_types()
    header = types.types['std_msgs/msg/Header'](
        types.types['builtin_interfaces/msg/Time'](stamp, 0), 'eye'
    )
    message = types.types[IMAGE](header, 4, 6, 'mono8', 0, 6, np.full(24, stamp, np.uint8))
    return bytes(types.serialize_cdr(message, IMAGE))


def image_definition() -> str:
    return str(known_types().generate_msgdef(IMAGE)[0])


def write_mcap(
    path: Path,
    definition: str | None = None,
    others: tuple[tuple[str, str, bytes, str], ...] = (),
    profile: str = 'ros2',
    **options: object,
) -> Path:
    """Write three images on /image, and messages on further topics.

    Each of these has a name, schema encoding ('' for none), schema and message encoding.
    """
    with path.open('wb') as file:
        writer = Writer(file, **options)  # type: ignore[arg-type]
        writer.start(profile=profile)
        text = image_definition() if definition is None else definition
        schema = writer.register_schema(IMAGE, 'ros2msg', text.encode())
        channels = [writer.register_channel('/image', 'cdr', schema)]
        for topic, encoding, content, serialised in others:
            number = writer.register_schema(IMAGE, encoding, content) if encoding else 0
            channels.append(writer.register_channel(topic, serialised, number))
        for stamp in (1, 2, 3):
            for index, channel in enumerate(channels):
                data = b'{}' if index else image_data(stamp)
                writer.add_message(channel, stamp * 10**9, data, stamp * 10**9)
        writer.finish()
    return path


def read_values(path: Path) -> list[int]:
    with Bag(path) as bag:
        images = ImageStream(bag)
        values = [int(image.pixels[0, 0, 0]) for image in images.images()]
        assert bag.damage == ''
    return values


@pytest.mark.parametrize(
    'other',
    [
        ('/log', 'jsonschema', b'{}', 'json'),
        ('/cam', 'protobuf', NOT_TEXT, 'protobuf'),
        ('/raw', '', b'', 'json'),
        ('/raw', '', b'', ''),
        ('/image_json', 'ros2msg', b'string data', 'json'),
        ('/flat', 'flatbuffer', NOT_TEXT, 'flatbuffer'),
    ],
    ids=lambda other: f'{other[1]}-{other[3]}',
)
def test_unusable_topics_do_not_affect_others(
    other: tuple[str, str, bytes, str], tmp_path: Path
) -> None:
    path = write_mcap(tmp_path / 'a.mcap', others=(other,))
    assert read_values(path) == [1, 2, 3]
    with Bag(path) as bag:
        assert bag.topics[other[0]].messages == 3
        with pytest.raises(BagError, match=f'a.mcap: {other[0]} is serialised as {other[3]!r}'):
            list(bag.messages([other[0]]))
        if other[3]:
            assert f'serialised as {other[3]}' in bag.list_topics()
        assert bag.topics_of(IMAGE_TYPES) == ['/image']


def test_bag_with_unsupported_schemas_is_complete(tmp_path: Path) -> None:
    assert read_values(write_mcap(tmp_path / 'a.mcap', profile='')) == [1, 2, 3]


def test_truncated_bag_with_unsupported_schemas_is_damaged(tmp_path: Path) -> None:
    path = write_mcap(tmp_path / 'a.mcap', others=(('/cam', 'protobuf', NOT_TEXT, 'protobuf'),))
    path.write_bytes(path.read_bytes()[:-50])
    with Bag(path) as bag:
        assert 'truncated or damaged' in bag.damage


@pytest.mark.parametrize('definition', ['', IMAGE, 'no [definition', 'string data', '\0'])
def test_known_types_replace_an_unusable_definition(definition: str, tmp_path: Path) -> None:
    path = write_mcap(tmp_path / 'a.mcap', definition)
    assert read_values(path) == [1, 2, 3]


def test_database_with_topics_of_another_serialisation(tmp_path: Path) -> None:
    bag_path = make_bag(tmp_path / 'bag', storage='sqlite3')
    with sqlite3.connect(storage_file(bag_path)) as connection:
        connection.execute(
            "UPDATE topics SET serialization_format = 'json' WHERE name = '/ground_truth'"
        )
    connection.close()
    with Bag(bag_path) as bag:
        assert len(list(ImageStream(bag).images())) == FRAMES
        with pytest.raises(BagError, match="/ground_truth is serialised as 'json'"):
            list(bag.messages(['/ground_truth']))


def test_chunk_with_too_large_content_raises(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_mcap(tmp_path / 'a.mcap', compression=CompressionType.ZSTD)
    assert read_values(path) == [1, 2, 3]
    for module in ('storage', 'salvage'):
        monkeypatch.setattr(f'fairmot_ros.evaluation.bags.{module}.MAX_CHUNK_BYTES', 100)
    with pytest.raises(BagError, match=r'a chunk of .*a\.mcap unpacks to more than'):
        Bag(path)
    path.write_bytes(path.read_bytes()[:-50])
    with pytest.raises(BagError, match=r'a chunk of .*a\.mcap unpacks to more than'):
        Bag(path)
