# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Motion of boxes and of the camera: Kalman filter, box parametrizations, motion models."""
