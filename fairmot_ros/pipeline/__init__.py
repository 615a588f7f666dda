"""The way of a frame: stamps, reset, detection, tracking, filter; no ROS needed."""

from fairmot_ros.pipeline.fairmot import FairMOT, filter_tracks
from fairmot_ros.pipeline.stamp_policy import StampPolicy

__all__ = ['FairMOT', 'StampPolicy', 'filter_tracks']
