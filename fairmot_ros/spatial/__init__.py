# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Positions in metres: transforms between frames, and a filter of people's positions; no ROS."""
