# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Limits on the unpacked size of bags."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip('rosbags', reason='needs rosbags')
from bag_cases import FRAMES, make_bag, storage_file

from fairmot_ros.evaluation.bags import Bag, BagError, ImageStream
from fairmot_ros.evaluation.bags.storage import zstd

STORAGE = 'fairmot_ros.evaluation.bags.storage'


def test_compressed_bag_with_too_large_content_raises(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = storage_file(make_bag(tmp_path / 'bag'))
    packed = tmp_path / 'bag.mcap.zstd'
    packed.write_bytes(zstd.compress(file.read_bytes() + bytes(10_000_000)))
    monkeypatch.setattr(f'{STORAGE}.ALWAYS_UNPACKED_BYTES', 1000)
    monkeypatch.setattr(f'{STORAGE}.MAX_UNPACK_RATIO', 10)
    with pytest.raises(BagError, match=r'bag\.mcap\.zstd unpacks to more than 2 MB'):
        Bag(packed)
    packed.write_bytes(zstd.compress(file.read_bytes()))
    with Bag(packed) as bag:
        assert len(list(ImageStream(bag).images())) == FRAMES


def test_compressed_message_with_too_large_content_raises(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bag_path = make_bag(tmp_path / 'bag', compress=True)
    monkeypatch.setattr(f'{STORAGE}.MAX_MESSAGE_BYTES', 1000)
    with Bag(bag_path) as bag, pytest.raises(BagError, match='a compressed message unpacks to'):
        list(ImageStream(bag).images())
