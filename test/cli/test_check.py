# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""fairmot-check on broken installations: failing modules, old messages, another Python."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from fairmot_ros.installation.ros import interpreter_of

REPOSITORY = Path(__file__).resolve().parents[2]


NEEDS_ROS = pytest.mark.skipif(find_spec('rclpy') is None, reason='needs ROS 2')


def check(broken: dict[str, str], folder: Path, **variables: str) -> tuple[int, str]:
    """Run the command with some modules shadowed by files of the given content."""
    folder.mkdir(exist_ok=True)
    for name, content in broken.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    environment = {
        **os.environ,
        'PYTHONPATH': os.pathsep.join([str(folder), str(REPOSITORY)]),
        **variables,
    }
    done = subprocess.run(
        [sys.executable, '-m', 'fairmot_ros.cli.check'],
        env=environment,
        capture_output=True,
        text=True,
        cwd=folder,
    )
    assert done.stderr == ''
    return done.returncode, done.stdout


def line_of(output: str, name: str) -> str:
    """Return the output about one finding, including its advice."""
    lines = output.splitlines()
    start = next(i for i, line in enumerate(lines) if f'] {name}: ' in line)
    return '\n'.join(lines[start : start + 2])


def test_a_complete_installation(tmp_path: Path) -> None:
    pytest.importorskip('rclpy', reason='needs ROS 2')
    code, output = check({}, tmp_path)
    assert 'FAIL' not in output
    assert code == 0
    assert '[ ok ] default model: fairmot_ros_nano:' in output


@pytest.mark.parametrize(
    ('module', 'advice'),
    [
        ('torch', 'pytorch.org'),
        ('cv2', 'python3-opencv'),
        pytest.param('rclpy', 'setup.bash', marks=NEEDS_ROS),
    ],
)
def test_modules_that_cannot_be_imported_are_reported(
    module: str, advice: str, tmp_path: Path
) -> None:
    broken = {f'{module}.py': 'raise ImportError("libsomething.so: cannot open")'}
    code, output = check(broken, tmp_path, VIRTUAL_ENV='')
    assert code == 1
    found = line_of(output, module)
    assert found.startswith('[FAIL]')
    assert 'libsomething.so' in found
    assert advice in found


def test_torch_in_a_virtual_environment_that_ros_does_not_use(tmp_path: Path) -> None:
    environment = tmp_path / 'venv'
    python = environment / 'bin' / 'python'
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\nexit 0\n')
    python.chmod(0o755)
    code, output = check(
        {'torch.py': 'raise ImportError'}, tmp_path / 'shadow', VIRTUAL_ENV=str(environment)
    )
    assert code == 1
    assert 'does not use' in line_of(output, 'torch')
    assert '--system-site-packages' in line_of(output, 'torch')


def test_lap_is_optional(tmp_path: Path) -> None:
    pytest.importorskip('rclpy', reason='needs ROS 2')
    code, output = check({'lap.py': 'raise ImportError'}, tmp_path)
    assert code == 0
    assert line_of(output, 'lap').startswith('[note]')
    assert 'pip install lap' in line_of(output, 'lap')


@NEEDS_ROS
def test_old_messages_are_recognised(tmp_path: Path) -> None:
    old = """
class Detection2D:
    @staticmethod
    def get_fields_and_field_types():
        return {'header': 'std_msgs/Header', 'is_tracking': 'boolean', 'tracking_id': 'string'}
class BoundingBox2D:
    @staticmethod
    def get_fields_and_field_types():
        return {'center': 'geometry_msgs/Pose2D'}
"""
    code, output = check({'vision_msgs/__init__.py': '', 'vision_msgs/msg.py': old}, tmp_path)
    assert code == 1
    assert 'older than 4.0' in line_of(output, 'vision_msgs')


@NEEDS_ROS
@pytest.mark.parametrize(
    ('first_line', 'said'),
    [
        ('#!/nowhere/python3', 'does not exist'),
        ('#!/bin/false', 'starts'),
    ],
)
def test_the_python_of_ros2_run_is_checked(first_line: str, said: str, tmp_path: Path) -> None:
    node = tmp_path / 'prefix' / 'lib' / 'fairmot_ros' / 'fairmot_node'
    node.parent.mkdir(parents=True)
    node.write_text(first_line + '\n')
    code, output = check({}, tmp_path / 'shadow', AMENT_PREFIX_PATH=str(tmp_path / 'prefix'))
    assert code == 1
    assert line_of(output, 'ros2 run').startswith('[FAIL]')
    assert said in line_of(output, 'ros2 run')


@pytest.mark.parametrize(
    ('first_line', 'expected'),
    [
        ('#!/usr/bin/env sh', 'sh'),
        ('#!/bin/sh', 'sh'),
        ('', None),
        ('#!/no/such', None),
    ],
)
def test_the_interpreter_is_read_from_the_first_line(
    first_line: str, expected: str | None, tmp_path: Path
) -> None:
    script = tmp_path / 'script'
    script.write_text(first_line + '\n')
    found = interpreter_of(script)
    assert (None if found is None else Path(found).name) == expected
