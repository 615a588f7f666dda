"""Runs failed_nodes.py in a process of its own.

DDS participants of failed nodes live until their process ends: in the process of the other tests,
nodes started later would discover them.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
pytestmark = pytest.mark.ros
CASES = Path(__file__).with_name('failed_nodes.py')


def test_failed_nodes_in_a_separate_process() -> None:
    done = subprocess.run(
        [sys.executable, '-m', 'pytest', '-q', '-p', 'no:cacheprovider', str(CASES)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert ' passed' in done.stdout
