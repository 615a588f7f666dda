# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The demo command: three node processes per video, and the files that it writes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import cv2
import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
import fairmot_ros

SHIPPED_CLIP = Path(fairmot_ros.__file__).parent / 'data' / 'pedestrians.mp4'
FRAMES = 15


def demo(*arguments: object, folder: Path) -> subprocess.CompletedProcess:
    return subprocess.run(
        [
            sys.executable,
            '-m',
            'fairmot_ros.cli.demo',
            '--output',
            str(folder),
            *map(str, arguments),
        ],
        capture_output=True,
        text=True,
        timeout=240,
        stdin=subprocess.DEVNULL,
        env={**os.environ, 'PYTHONWARNINGS': 'ignore'},
    )


def test_demo_writes_video_results_and_summary(tmp_path: Path) -> None:
    done = demo('--video', SHIPPED_CLIP, '--max-frames', FRAMES, folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f'{FRAMES} sent, {FRAMES} processed, 0 dropped' in done.stdout

    summary = json.loads((tmp_path / 'summary.json').read_text())
    assert summary['frames_sent'] == summary['frames_processed'] == FRAMES
    assert summary['frame_rate'] == 7.0
    assert summary['tracks'] >= 2
    assert 0 < summary['latency_ms']['p50'] <= summary['latency_ms']['p95']

    rows = [line.split(',') for line in (tmp_path / 'results.txt').read_text().splitlines()]
    assert len(rows) == summary['boxes']
    assert {int(row[0]) for row in rows} <= set(range(1, FRAMES + 1))
    assert all(len(row) == 10 for row in rows)

    video = cv2.VideoCapture(str(tmp_path / 'annotated.mp4'))
    assert video.get(cv2.CAP_PROP_FRAME_COUNT) == FRAMES
    assert video.get(cv2.CAP_PROP_FPS) == pytest.approx(7.0)


def test_both_shipped_clips_are_tracked_by_default(tmp_path: Path) -> None:
    done = demo('--max-frames', FRAMES, folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count(f'{FRAMES} sent, {FRAMES} processed, 0 dropped') == 2
    for clip, rate in (('pedestrians', 7.0), ('indoor', 10.0)):
        summary = json.loads((tmp_path / clip / 'summary.json').read_text())
        assert Path(summary['video']).stem == clip
        assert summary['frame_rate'] == rate
        assert summary['boxes'] == len((tmp_path / clip / 'results.txt').read_text().splitlines())
        assert summary['boxes'] > 0
        video = cv2.VideoCapture(str(tmp_path / clip / 'annotated.mp4'))
        assert video.get(cv2.CAP_PROP_FRAME_COUNT) == FRAMES
        assert f'{clip}: 100%' in done.stderr.replace('\r', '\n')


def test_metrics_are_printed_with_ground_truth(tmp_path: Path) -> None:
    options = ('--video', SHIPPED_CLIP, '--max-frames', 5)
    assert demo(*options, folder=tmp_path).returncode == 0
    truth = tmp_path / 'gt.txt'
    rows = [line.split(',') for line in (tmp_path / 'results.txt').read_text().splitlines()]
    truth.write_text(''.join(f'{",".join(row[:6])},1,-1,-1,-1\n' for row in rows))
    done = demo(*options, '--ground-truth', truth, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert 'MOTA' in done.stdout
    assert json.loads((tmp_path / 'summary.json').read_text())['metrics']['MOTA'] == 1.0


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (['--video', 'none.avi'], 'no video at none.avi'),
        (['--video', __file__], 'cannot be opened as a video'),
        (['--weights', 'none.pth'], 'no weights at none.pth'),
        (
            ['--video', SHIPPED_CLIP, '--ground-truth', 'none.txt'],
            'no ground truth at none.txt: expected a gt.txt file',
        ),
        (['--ground-truth', 'gt.txt'], '--ground-truth needs the video it belongs to'),
    ],
)
def test_user_error_is_reported_in_one_line(arguments: list, message: str, tmp_path: Path) -> None:
    done = demo(*arguments, folder=tmp_path)
    assert done.returncode == 2
    assert message in done.stderr
    assert done.stderr.startswith('fairmot-demo: ')
    assert len(done.stderr.splitlines()) == 1
    assert not list(tmp_path.iterdir()), 'inputs are checked before anything is started'
