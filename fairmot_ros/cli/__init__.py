# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Command-line programs, one per file, and their shared parts."""

import signal

from fairmot_ros.starting import ExitCode, prepare

prepare(
    lambda name: name.startswith('fairmot-'),
    dict.fromkeys((signal.SIGINT, signal.SIGTERM), ExitCode.INTERRUPTED),
)
