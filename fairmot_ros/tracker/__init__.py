"""From detections to tracks; NumPy, SciPy and lap, no torch and no ROS."""

from fairmot_ros.tracker.config import TrackerConfig
from fairmot_ros.tracker.published import VARIANTS
from fairmot_ros.tracker.tracker import Tracker

__all__ = ['VARIANTS', 'Tracker', 'TrackerConfig']
