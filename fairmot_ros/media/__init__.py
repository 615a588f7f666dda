# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Videos and image folders: reading, writing, drawing. OpenCV, no ROS."""
