# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Summary of the demo, without the nodes."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from fairmot_ros.cli.demo_nodes import DemoRun
from fairmot_ros.cli.demo_summary import print_summary, summarise
from fairmot_ros.evaluation import write_mot
from fairmot_ros.media.video_source import VideoSource

RECORDING = {
    'frames_sent': 8,
    'frames_processed': 8,
    'frames_dropped': 0,
    'tracks': 1,
    'boxes': 8,
    'latency_ms': {'p50': None, 'p95': None},
}


def test_frames_without_an_image_are_skipped(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    images = tmp_path / 'images'
    images.mkdir()
    frames = [21, 22, 23, 24, 27, 28, 29, 30]
    for frame in frames:
        cv2.imwrite(str(images / f'{frame}.png'), np.zeros((8, 8, 3), np.uint8))
    write_mot(tmp_path / 'gt.txt', [[f, 1, f, 5, 10, 20, 1] for f in range(1, 41)])
    write_mot(tmp_path / 'results.txt', [[f, 1, f, 5, 10, 20, 1] for f in frames])
    run = DemoRun(VideoSource(images), tmp_path)
    summary = summarise(run, RECORDING, 1.0, tmp_path / 'gt.txt')
    assert summary['metrics']['HOTA'] == summary['metrics']['MOTA'] == 1.0
    assert json.loads((tmp_path / 'summary.json').read_text())['notes'] == summary['notes']
    print_summary(summary, tmp_path)
    output = capsys.readouterr().out
    assert '2 of the frames 21 to 30 have no image: 25 to 26' in output
    assert '32 boxes of' in output
