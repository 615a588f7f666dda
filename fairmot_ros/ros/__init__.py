# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""ROS 2 layer: nodes, parameters, message conversion, outputs and diagnostics."""

import signal

from fairmot_ros.starting import ExitCode, prepare

# Node executables are named fairmot_... or detection_tracker_node, commands fairmot-...
prepare(
    lambda name: name.startswith('fairmot_') or name == 'detection_tracker_node',
    {signal.SIGINT: ExitCode.SUCCESS, signal.SIGTERM: ExitCode.SUCCESS},
)
