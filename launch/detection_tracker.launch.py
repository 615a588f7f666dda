# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Track the detections of another node.

`ros2 launch fairmot_ros detection_tracker.launch.py detections:=/yolo/detections`
"""

from launch import LaunchContext, LaunchDescription
from launch.actions import OpaqueFunction
from launch.substitutions import LaunchConfiguration
from launch_ros.actions import LifecycleNode
from launch_ros.substitutions import FindPackageShare

from fairmot_ros.ros.launching.actions import declare, given_values, rviz, tracking_node
from fairmot_ros.ros.launching.arguments import (
    DETECTION_TRACKER_OVERRIDES,
    common_arguments,
    detection_tracker_overrides,
)

SHARE = FindPackageShare('fairmot_ros')
INPUTS = ('detections', 'depth', 'camera_info', 'odom')
ARGUMENTS = [
    ('detections', 'detections', 'topic of the detections'),
    (
        'depth',
        'depth',
        'topic of depth images registered to the images of the detections, for '
        '`position_source: depth`',
    ),
    ('camera_info', 'camera_info', 'topic of the camera calibration, for positions in space'),
    ('odom', 'odom', 'topic of the odometry, for `odometry: true`'),
    *detection_tracker_overrides(),
    *common_arguments('detection_tracker', [SHARE, '/config/detection_tracker.yaml']),
    ('rviz', 'false', 'start RViz with the positions'),
    ('frame', 'camera', 'frame_id of the detections, in which RViz shows positions'),
]


def start_node(context: LaunchContext) -> list[LifecycleNode]:
    """Create the node, with those overriding parameters that were given."""
    remappings = [(topic, LaunchConfiguration(topic)) for topic in INPUTS]
    given = given_values(context, DETECTION_TRACKER_OVERRIDES, bool)
    return [tracking_node('detection_tracker_node', remappings, given)]


def generate_launch_description() -> LaunchDescription:
    """Declare the arguments, start the node and, if requested, RViz."""
    view = rviz([SHARE, '/rviz/fairmot.rviz'], ('markers',))
    return LaunchDescription([*declare(ARGUMENTS), OpaqueFunction(function=start_node), view])
