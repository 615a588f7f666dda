# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The ROS domain of the tests in this process."""

from __future__ import annotations

import os
import tempfile
from functools import cache
from pathlib import Path

from fairmot_ros.ros.tools.node_processes import DomainLock, local_environment

_held: list[object] = []  # until the process ends


@cache
def private_environment() -> dict[str, str]:
    """Return environment variables of a domain that no other test process uses.

    It is held until this process ends: its participants, also those of failed nodes, live as long.
    """
    domain = DomainLock()
    logs = tempfile.TemporaryDirectory(prefix='fairmot_ros_log_')
    _held.extend([domain, logs])
    variables = local_environment(domain.number, Path(logs.name))
    # Without it, a field with a value of the wrong type (int for float64) is published corrupted.
    variables['ROS_PYTHON_CHECK_FIELDS'] = '1'
    # Tests share the cores with other processes; see docs/ros.md, Threads.
    variables.setdefault('OMP_WAIT_POLICY', 'passive')
    return variables


def enter_private_domain() -> dict[str, str]:
    """Set these variables in this process, too, and return them."""
    variables = private_environment()
    os.environ.update(variables)
    return variables
