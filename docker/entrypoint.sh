#!/bin/bash
# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

# Run a command with ROS 2 and the workspace sourced.
set -e
source "/opt/ros/$ROS_DISTRO/setup.bash"
source /ws/install/setup.bash
exec "$@"
