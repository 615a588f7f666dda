# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Reading and writing of ROS 2 bags (sqlite3 or mcap) without a ROS installation."""

from fairmot_ros.evaluation.bags.bag import Bag, Topic
from fairmot_ros.evaluation.bags.errors import BagError
from fairmot_ros.evaluation.bags.frames import FrameIndex
from fairmot_ros.evaluation.bags.images import ImageStream
from fairmot_ros.evaluation.bags.writer import BagWriter

__all__ = ['Bag', 'BagError', 'BagWriter', 'FrameIndex', 'ImageStream', 'Topic']
