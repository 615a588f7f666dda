# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Subscriptions to images or detections, calibration and depth images."""
