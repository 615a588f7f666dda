"""The demo as a user starts it: three real processes, files at the end."""

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


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (['--video', 'none.avi'], 'no video at none.avi'),
        (['--video', __file__], 'cannot be opened as a video'),
        (['--weights', 'none.pth'], 'no weights at none.pth'),
        (['--ground-truth', 'none.txt'], 'no ground truth at none.txt'),
    ],
)
def test_a_mistake_is_one_sentence(arguments: list[str], message: str, tmp_path: Path) -> None:
    done = demo(*arguments, folder=tmp_path)
    assert done.returncode == 2
    assert message in done.stderr
    assert 'Traceback' not in done.stderr
