# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The clips in the package: size, frame rate and attribution."""

from __future__ import annotations

from pathlib import Path

import cv2
import pytest

from fairmot_ros.cli.shipped_clips import FOLDER, INDOOR, PEDESTRIANS, SHIPPED_CLIPS


def test_every_clip_is_attributed() -> None:
    assert sorted(FOLDER.glob('*.mp4')) == sorted(SHIPPED_CLIPS)
    text = (FOLDER / 'ATTRIBUTION.md').read_text()
    for clip in SHIPPED_CLIPS:
        assert f'# {clip.name}\n' in text
    assert 'Intel IoT DevKit' in text and 'https://creativecommons.org/licenses/by/4.0/' in text


@pytest.mark.parametrize(
    ('clip', 'rate', 'frames', 'size'),
    [(PEDESTRIANS, 7.0, 126, (768, 576)), (INDOOR, 10.0, 180, (768, 432))],
    ids=lambda value: value.stem if isinstance(value, Path) else '',
)
def test_rate_length_and_size(clip: Path, rate: float, frames: int, size: tuple[int, int]) -> None:
    video = cv2.VideoCapture(str(clip))
    assert video.get(cv2.CAP_PROP_FPS) == rate
    assert video.get(cv2.CAP_PROP_FRAME_COUNT) == frames
    assert (video.get(cv2.CAP_PROP_FRAME_WIDTH), video.get(cv2.CAP_PROP_FRAME_HEIGHT)) == size
    assert clip.stat().st_size < 2_000_000
