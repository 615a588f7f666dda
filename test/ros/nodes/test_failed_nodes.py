"""Nodes that fail, in a process of their own.

The participants of their contexts stay in the process that made them: in that of the other tests
they would answer every node that starts later.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
pytestmark = pytest.mark.ros
CASES = Path(__file__).with_name('failed_nodes.py')


def test_failures_are_reported_and_failed_nodes_can_be_destroyed() -> None:
    done = subprocess.run(
        [sys.executable, '-m', 'pytest', '-q', '-p', 'no:cacheprovider', str(CASES)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert ' passed' in done.stdout
