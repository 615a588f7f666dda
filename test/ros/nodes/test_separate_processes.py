# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Runs the tests of nodes inside a Python process, each file in a process of its own.

Such nodes, also failed and destroyed ones, stay discovered until their process ends: in the
process of the other tests, nodes started later would find them.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
pytestmark = pytest.mark.ros
FILES = ('failed_nodes.py', 'composed_nodes.py', 'worker_thread_nodes.py')


@pytest.mark.parametrize('file', FILES)
def test_in_a_separate_process(file: str) -> None:
    path = Path(__file__).with_name(file)
    done = subprocess.run(
        [sys.executable, '-m', 'pytest', '-q', '-p', 'no:cacheprovider', str(path)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert ' passed' in done.stdout
