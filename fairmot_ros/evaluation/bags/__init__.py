"""Bags of ROS 2 (rosbag2, sqlite3 or mcap), read and written without a ROS installation."""

from fairmot_ros.evaluation.bags.bag import Bag, Topic
from fairmot_ros.evaluation.bags.errors import BagError
from fairmot_ros.evaluation.bags.frames import FrameIndex
from fairmot_ros.evaluation.bags.images import ImageStream
from fairmot_ros.evaluation.bags.writer import BagWriter

__all__ = ['Bag', 'BagError', 'BagWriter', 'FrameIndex', 'ImageStream', 'Topic']
