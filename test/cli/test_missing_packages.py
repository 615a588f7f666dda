# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Bag commands without ROS 2 or without rosbags."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import islice
from pathlib import Path

import pytest

pytest.importorskip('rosbags', reason='needs rosbags')
import fairmot_ros
from fairmot_ros.evaluation.bags.sequence import write_sequence
from fairmot_ros.media.video_source import VideoSource

CLIP = Path(fairmot_ros.__file__).parent / 'data' / 'pedestrians.mp4'
WITHOUT = """
import sys

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.split('.')[0] in {packages!r}:
            raise ModuleNotFoundError(f'no {{name}}', name=name)

sys.meta_path.insert(0, Blocker())
from fairmot_ros.cli import {command}
sys.exit({command}.main(sys.argv[1:]))
"""
ROS = ('rclpy', 'std_msgs', 'sensor_msgs', 'vision_msgs', 'rcl_interfaces', 'builtin_interfaces')


def run(
    command: str, packages: tuple[str, ...], *arguments: object
) -> subprocess.CompletedProcess:
    script = WITHOUT.format(packages=packages, command=command)
    return subprocess.run(
        [sys.executable, '-c', script, *map(str, arguments)],
        capture_output=True,
        text=True,
        env={**os.environ, 'OMP_NUM_THREADS': '1'},
    )


def test_offline_evaluation_needs_no_ros(tmp_path: Path) -> None:
    write_sequence(tmp_path / 'bag', list(islice(VideoSource(CLIP), 2)), 7.0)
    (tmp_path / 'small.yaml').write_text('input_width: 320\ninput_height: 256\n')
    done = run(
        'evaluate',
        ROS,
        tmp_path / 'bag',
        '--config',
        tmp_path / 'small.yaml',
        '--output',
        tmp_path / 'out',
    )
    assert done.returncode == 0, done.stderr
    assert json.loads((tmp_path / 'out' / 'report.json').read_text())['runs'][0]['boxes'] > 0


def test_live_evaluation_without_ros_fails_at_the_start(tmp_path: Path) -> None:
    done = run('evaluate', ROS, tmp_path / 'bag', '--rate', 7)
    assert done.returncode == 2
    assert done.stderr.strip() == (
        'fairmot-evaluate: the Python package rclpy is missing: source the setup.bash of a ROS 2 '
        'installation'
    )


def test_missing_optuna_is_reported() -> None:
    done = run('tune', ('optuna',), 'walk', 'hall')
    assert done.returncode == 2
    assert done.stderr.strip() == (
        'fairmot-tune: the Python package optuna is missing: pip install optuna'
    )


@pytest.mark.parametrize(
    ('command', 'arguments'),
    [
        ('evaluate', ['bag']),
        ('mot2bag', [CLIP, 'bag']),
        ('bag2mot', ['bag', 'a.txt']),
    ],
)
def test_missing_rosbags_is_reported(command: str, arguments: list) -> None:
    done = run(command, ('rosbags',), *arguments)
    assert done.returncode == 2
    assert done.stderr.strip() == (
        f'fairmot-{command}: the Python package rosbags is missing: pip install rosbags'
    )
