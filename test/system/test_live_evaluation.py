# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Live runs of fairmot-evaluate, through the tracker node over DDS, compared with offline runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
pytest.importorskip('rosbags', reason='needs rosbags')
from browser import Figures, open_in_browser

from fairmot_ros.cli.shipped_clips import PEDESTRIANS
from fairmot_ros.evaluation import read_mot
from fairmot_ros.evaluation.bags import BagWriter
from fairmot_ros.evaluation.bags.boxes import BoxMaker
from fairmot_ros.evaluation.bags.message_types import IMAGE
from fairmot_ros.evaluation.bags.sequence import BagLayout, write_sequence
from fairmot_ros.media.video_source import VideoSource

FRAMES = 8
SLOW, FAST = 2, 200  # images per second: below and above the rate of any machine


def evaluate(*arguments: object) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, '-m', 'fairmot_ros.cli.evaluate', *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=240,
        stdin=subprocess.DEVNULL,
        env={**os.environ, 'PYTHONWARNINGS': 'ignore', 'OMP_NUM_THREADS': '1'},
    )


def make_inputs(folder: Path, image_format: str) -> tuple[Path, Path]:
    """Write a bag of the clip and a configuration; return their paths.

    The ground truth, one box at a fixed position, does not match the clip: it only has to exist.
    """
    truth = np.array([[f, 1, 300, 200, 40, 80, 1] for f in range(1, FRAMES + 1)])
    write_sequence(
        folder / 'walk',
        list(islice(VideoSource(PEDESTRIANS), FRAMES)),
        7.0,
        truth,
        BagLayout(image_format=image_format),
    )
    (folder / 'small.yaml').write_text(
        'input_width: 320\ninput_height: 256\nmax_lost: 2\npublish_embeddings: false\n'
    )
    return folder / 'walk', folder / 'small.yaml'


@pytest.fixture(scope='module')
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Output folder of an evaluation of compressed images."""
    folder = tmp_path_factory.mktemp('live')
    bag, configuration = make_inputs(folder, 'jpeg')
    done = evaluate(
        bag, '--config', configuration, '--rate', SLOW, FAST, '--output', folder / 'out'
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f'live at {SLOW} Hz' in done.stdout
    return folder / 'out'


def test_live_and_offline_results_agree_until_the_first_dropped_frame(output: Path) -> None:
    offline, live = (
        read_mot(output / 'results' / f'walk.small.{mode}.txt')
        for mode in ('offline', f'live-{SLOW}hz')
    )
    data = json.loads((output / 'report.json').read_text())
    run = next(r for r in data['runs'] if r['rate'] == SLOW)
    # Frames are dropped only if the machine is very busy.
    last = min(run['dropped_frames'], default=FRAMES + 1) - 1
    assert last >= 1
    np.testing.assert_allclose(
        live[live[:, 0] <= last], offline[offline[:, 0] <= last], rtol=0, atol=1e-6
    )


def test_dropped_frames_are_counted(output: Path) -> None:
    runs = json.loads((output / 'report.json').read_text())['runs']
    assert [r['rate'] for r in runs] == [None, SLOW, FAST]
    offline, _, fast = runs
    assert offline['dropped'] == 0
    assert fast['sent'] == FRAMES
    assert 0 < fast['dropped'] < FRAMES
    rows = read_mot(output / 'results' / f'walk.small.live-{FAST}hz.txt')
    assert len(set(rows[:, 0])) <= FRAMES - fast['dropped']
    assert 0 < fast['latency_ms']['p50'] <= fast['latency_ms']['p95'] <= fast['latency_ms']['max']
    assert fast['stages_ms'] is not None


def test_live_run_of_raw_images_without_an_offline_run(tmp_path: Path) -> None:
    bag, configuration = make_inputs(tmp_path, 'raw')
    done = evaluate(
        bag,
        '--config',
        configuration,
        '--rate',
        FAST,
        '--no-offline',
        '--fail-above',
        'dropped=0',
        '--output',
        tmp_path / 'out',
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert 'FAIL dropped <= 0: ' in done.stdout
    (run,) = json.loads((tmp_path / 'out' / 'report.json').read_text())['runs']
    assert (run['mode'], run['sent']) == ('live', FRAMES)
    assert 0 < run['dropped'] < FRAMES
    assert run['boxes'] > 0


def test_report_page_shows_accuracy_and_latency(output: Path, tmp_path: Path) -> None:
    shown = Figures(open_in_browser(output / 'report.html', tmp_path / 'profile'))
    combined = json.loads((output / 'report.json').read_text())['combined']
    assert list(shown.rows) == [
        ('small', 'offline'),
        ('small', f'live at {SLOW} Hz'),
        ('small', f'live at {FAST} Hz'),
    ]
    for row, expected in zip(shown.rows.values(), combined):
        assert row['HOTA'] == f'{100 * expected["metrics"]["HOTA"]:.1f}'
        if expected['mode'] == 'live':
            assert row['latency-p95'] == f'{expected["latency_ms"]["p95"]:.0f}'
            assert row['dropped'].split()[0] == str(expected['dropped'])


def test_bag_without_stamps_is_rejected(tmp_path: Path) -> None:
    with BagWriter(tmp_path / 'bag') as writer:
        writer.add_topic('/image', IMAGE)
        writer.write(
            '/image',
            10**9,
            writer.make(
                IMAGE,
                header=BoxMaker(writer).header(0, ''),
                height=8,
                width=8,
                encoding='mono8',
                is_bigendian=0,
                step=8,
                data=np.zeros(64, np.uint8),
            ),
        )
    done = evaluate(tmp_path / 'bag', '--rate', 5, '--no-offline', '--output', tmp_path / 'out')
    assert done.returncode == 2
    assert 'have no header stamps' in done.stderr
    assert 'Traceback' not in done.stderr


def test_replay_without_a_tracker_fails(environment: dict[str, str], tmp_path: Path) -> None:
    write_sequence(tmp_path / 'bag', [np.zeros((8, 8, 3), np.uint8)], 7.0)
    done = subprocess.run(
        [
            sys.executable,
            '-m',
            'fairmot_ros.ros.tools.replay_node',
            '--ros-args',
            '-p',
            f'bag:={tmp_path / "bag"}',
            '-p',
            'startup_patience:=0.5',
            '-p',
            f'output:={tmp_path / "replay.npz"}',
        ],
        capture_output=True,
        text=True,
        timeout=60,
        env=environment,
    )
    assert done.returncode == 2
    assert 'no node subscribes to /image and publishes /tracks' in done.stderr
    assert 'Traceback' not in done.stderr
