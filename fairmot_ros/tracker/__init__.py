# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Multi-object tracking: detections to tracks with persistent ids, without torch and ROS."""

from fairmot_ros.tracker.associations import ASSOCIATIONS, REFERENCE_VARIANTS
from fairmot_ros.tracker.config import TrackerConfig
from fairmot_ros.tracker.tracker import Tracker

__all__ = ['ASSOCIATIONS', 'REFERENCE_VARIANTS', 'Tracker', 'TrackerConfig']
