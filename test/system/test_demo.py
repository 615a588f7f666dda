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
from fairmot_ros.cli.shipped_clips import PEDESTRIANS

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


@pytest.fixture(scope='module')
def default_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str, Path]:
    """What a run of the shipped clips prints to both streams, and its output folder."""
    folder = tmp_path_factory.mktemp('demo')
    done = demo('--max-frames', FRAMES, folder=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout, done.stderr, folder


def test_both_shipped_clips_are_tracked_by_default(default_run: tuple[str, str, Path]) -> None:
    output, progress, _ = default_run
    assert output.count(f'{FRAMES} sent, {FRAMES} processed, 0 dropped') == 2
    for clip in ('pedestrians', 'indoor'):
        assert f'{clip}: 100%' in progress.replace('\r', '\n')


@pytest.mark.parametrize(
    ('clip', 'rate', 'people'), [('pedestrians', 7.0, 2), ('indoor', 10.0, 1)]
)
def test_demo_writes_video_results_and_summary(
    clip: str, rate: float, people: int, default_run: tuple[str, str, Path]
) -> None:
    folder = default_run[2] / clip
    summary = json.loads((folder / 'summary.json').read_text())
    assert Path(summary['video']).stem == clip
    assert summary['frames_sent'] == summary['frames_processed'] == FRAMES
    assert summary['frame_rate'] == rate
    assert summary['tracks'] >= people
    assert 0 < summary['latency_ms']['p50'] <= summary['latency_ms']['p95']

    rows = [line.split(',') for line in (folder / 'results.txt').read_text().splitlines()]
    assert len(rows) == summary['boxes'] > 0
    assert {int(row[0]) for row in rows} <= set(range(1, FRAMES + 1))
    assert all(len(row) == 10 for row in rows)

    video = cv2.VideoCapture(str(folder / 'annotated.mp4'))
    assert video.get(cv2.CAP_PROP_FRAME_COUNT) == FRAMES
    assert video.get(cv2.CAP_PROP_FPS) == pytest.approx(rate)


def test_metrics_are_printed_with_ground_truth(
    default_run: tuple[str, str, Path], tmp_path: Path
) -> None:
    frames = 5
    results = (default_run[2] / 'pedestrians' / 'results.txt').read_text().splitlines()
    rows = [row for row in (line.split(',') for line in results) if int(row[0]) <= frames]
    truth = tmp_path / 'gt.txt'
    truth.write_text(''.join(f'{",".join(row[:6])},1,-1,-1,-1\n' for row in rows))
    options = ('--video', PEDESTRIANS, '--max-frames', frames, '--ground-truth', truth)
    done = demo(*options, folder=tmp_path / 'out')
    assert done.returncode == 0, done.stderr
    assert 'MOTA' in done.stdout
    summary = json.loads((tmp_path / 'out' / 'summary.json').read_text())
    assert summary['metrics']['MOTA'] == 1.0


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (['--video', 'none.avi'], 'no video at none.avi'),
        (['--video', __file__], 'cannot be opened as a video'),
        (['--weights', 'none.pth'], 'no weights at none.pth'),
        (
            ['--video', PEDESTRIANS, '--ground-truth', 'none.txt'],
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
