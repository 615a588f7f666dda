# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Installation checks: Python packages, ROS 2, messages, GPU and shared memory.

Packages that may be missing are imported inside functions only, so that a broken installation is
reported as findings instead of an ImportError.
"""

from __future__ import annotations

from collections.abc import Iterator

from fairmot_ros.installation.finding import Finding, Level
from fairmot_ros.installation.machine import check_machine
from fairmot_ros.installation.modules import check_modules
from fairmot_ros.installation.ros import check_ros

__all__ = ['Finding', 'Level', 'check_installation']


def check_installation() -> Iterator[Finding]:
    """Run all checks and yield their findings, dependencies first."""
    yield from check_modules()
    yield from check_ros()
    yield from check_machine()
