# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Processing of one frame: stamp check, reset, detection, tracking, output filter; no ROS."""

from fairmot_ros.pipeline.fairmot import FairMOT
from fairmot_ros.pipeline.frame_tracker import FrameDecision, FrameTracker
from fairmot_ros.pipeline.output_filter import FilterSettings, filter_tracks
from fairmot_ros.pipeline.settings import FrameSettings
from fairmot_ros.pipeline.stamp_policy import StampDecision, StampPolicy, StampSettings

__all__ = [
    'FairMOT',
    'FilterSettings',
    'FrameDecision',
    'FrameSettings',
    'FrameTracker',
    'StampDecision',
    'StampPolicy',
    'StampSettings',
    'filter_tracks',
]
