# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Addresses and cameras; servers are those of streams.py."""

from __future__ import annotations

import time
from pathlib import Path

import cv2
import numpy as np
import pytest
from streams import Then, camera, file_server

import fairmot_ros
from fairmot_ros.media import live_source
from fairmot_ros.media.live_source import LiveSource
from fairmot_ros.media.selection import Selection
from fairmot_ros.media.video_source import SourceError

CLIP = Path(fairmot_ros.__file__).parent / 'data' / 'indoor.mp4'
IMAGES = [np.full((48, 64, 3), 10 * i, np.uint8) for i in range(20)]


def has_streams() -> bool:
    """Return whether OpenCV reads addresses, for which it needs FFmpeg."""
    return 'FFMPEG' in [
        cv2.videoio_registry.getBackendName(backend)
        for backend in cv2.videoio_registry.getStreamBackends()
    ]


pytestmark = pytest.mark.skipif(not has_streams(), reason='OpenCV is built without FFmpeg')


def test_the_end_of_a_stream_is_an_error_after_its_images() -> None:
    numbers, brightness = [], []
    with camera(IMAGES) as address:
        source = LiveSource(address)
        assert source.length == 0
        with pytest.raises(SourceError, match=f'{address} ended after 20 images'):
            for frame in source.frames():
                numbers.append(frame.number)
                brightness.append(frame.image.mean())
    assert 2 <= len(numbers) <= 20
    assert numbers == sorted(set(numbers))
    assert np.allclose(brightness, [10 * (number - 1) for number in numbers], atol=3)


def test_the_newest_image_is_used_if_tracking_is_slow() -> None:
    with camera(IMAGES, then=Then.REPEAT) as address:
        frames = LiveSource(address).frames()
        first = next(frames)
        time.sleep(0.5)
        second = next(frames)
        assert second.number > first.number + 1
        assert second.seconds > first.seconds + 0.2
        frames.close()  # type: ignore[attr-defined]


def test_a_part_of_a_stream() -> None:
    with camera(IMAGES, then=Then.REPEAT) as address:
        source = LiveSource(address)
        times = [frame.seconds for frame in source.frames(Selection(start=0.1, seconds=0.3))]
    assert times
    assert 0.1 <= min(times) <= max(times) < 0.4


def test_a_stream_is_stopped_while_waiting() -> None:
    with camera(IMAGES, then=Then.REPEAT) as address:
        taken: list[int] = []
        for frame in LiveSource(address).frames(stopped=lambda: len(taken) == 3):
            taken.append(frame.number)
    assert len(taken) == 3


def test_a_silent_stream_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    with camera(IMAGES, then=Then.STALL) as address:
        frames = LiveSource(address).frames()
        monkeypatch.setattr(live_source, 'PATIENCE', 0.5)
        with pytest.raises(SourceError, match='sends none for 0.5 s after 20 images'):
            list(frames)


def test_a_recorded_video_is_read_image_by_image() -> None:
    with file_server(CLIP) as address:
        source = LiveSource(address)
        assert (source.length, source.frame_rate) == (180, 10.0)
        frames = list(source.frames(Selection(start=1.0, seconds=2.0, every=5)))
    assert [frame.number for frame in frames] == [11, 16, 21, 26]
    assert [frame.seconds for frame in frames] == [1.0, 1.5, 2.0, 2.5]


@pytest.mark.parametrize(
    ('source', 'message'),
    [
        ('http://127.0.0.1:9/a', 'http://127.0.0.1:9/a cannot be opened: check the address'),
        ('rtsp://127.0.0.1:9/a', 'rtsp://127.0.0.1:9/a cannot be opened: check the address'),
        (97, 'camera 97 cannot be opened: check that it is connected and that no other program'),
        ('/dev/null', '/dev/null cannot be opened: check that it is a camera'),
    ],
)
def test_what_cannot_be_opened_is_named(source: int | str, message: str) -> None:
    with pytest.raises(SourceError, match=message):
        LiveSource(source)


def test_a_password_is_not_shown() -> None:
    with pytest.raises(SourceError, match='^rtsp://127.0.0.1:9/a cannot be opened'):
        LiveSource('rtsp://user:secret@127.0.0.1:9/a', name='rtsp://127.0.0.1:9/a')


def test_images_above_the_limit_end_a_stream() -> None:
    with camera(IMAGES, then=Then.REPEAT) as address:
        frames = LiveSource(address, max_pixels=1000).frames()
        with pytest.raises(SourceError, match='cannot be used: the image has 64 x 48 pixels'):
            list(frames)
