# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

import os
import resource
from pathlib import Path

import cv2
import numpy as np
import pytest

from fairmot_ros.files.writing import WriteError
from fairmot_ros.media.video_writer import VideoFile

NOISE = np.random.default_rng(0).integers(0, 256, (64, 96, 3), dtype=np.uint8)


def test_images_of_another_size_are_rejected_and_not_counted(tmp_path: Path) -> None:
    video = VideoFile(tmp_path / 'a.mp4', 7.0)
    for _ in range(3):
        video.write(NOISE)
    with pytest.raises(ValueError, match='the image is 32x64; expected 96x64'):
        video.write(NOISE[:, :32])
    assert os.listdir(tmp_path) == ['a.partial.mp4']
    video.close()
    assert os.listdir(tmp_path) == ['a.mp4']
    assert video.written == 3
    assert cv2.VideoCapture(str(tmp_path / 'a.mp4')).get(cv2.CAP_PROP_FRAME_COUNT) == 3


def test_no_images_give_no_file(tmp_path: Path) -> None:
    VideoFile(tmp_path / 'a.mp4', 7.0).close()
    assert os.listdir(tmp_path) == []


def test_full_disk_leaves_no_partial_video(tmp_path: Path) -> None:
    video = VideoFile(tmp_path / 'a.mp4', 7.0)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
    try:
        for _ in range(30):
            video.write(NOISE)
        with pytest.raises(WriteError, match=r'a\.mp4 cannot be written: .* of 30 images'):
            video.close()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert os.listdir(tmp_path) == []
    assert video.written == 0


def test_missing_output_folder_raises_write_error(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match=r'a\.mp4 cannot be written'):
        VideoFile(tmp_path / 'none' / 'a.mp4', 7.0).write(NOISE)
