# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Track people in the images of one camera.

`ros2 launch fairmot_ros fairmot.launch.py image:=/camera/image_raw`
"""

from launch import LaunchContext, LaunchDescription
from launch.actions import OpaqueFunction
from launch.substitutions import LaunchConfiguration
from launch_ros.actions import LifecycleNode
from launch_ros.substitutions import FindPackageShare

from fairmot_ros.ros.launching.actions import declare, given_values, rviz, tracking_node
from fairmot_ros.ros.launching.arguments import OVERRIDES, common_arguments, override_arguments

SHARE = FindPackageShare('fairmot_ros')
INPUTS = ('image', 'depth', 'camera_info', 'odom')
ARGUMENTS = [
    ('image', 'image', 'topic of the camera images, without /compressed'),
    (
        'depth',
        'depth',
        'topic of depth images registered to the camera images, for `position_source: depth`',
    ),
    ('camera_info', 'camera_info', 'topic of the camera calibration, for positions in space'),
    ('odom', 'odom', 'topic of the odometry, for `odometry: true`'),
    *override_arguments(),
    *common_arguments('fairmot', [SHARE, '/config/fairmot.yaml']),
    ('rviz', 'false', 'start RViz with the annotated image and positions'),
    ('frame', 'camera', 'frame_id of the images, in which RViz shows positions'),
]


def start_node(context: LaunchContext) -> list[LifecycleNode]:
    """Create the node, with those overriding parameters that were given."""
    remappings = [(topic, LaunchConfiguration(topic)) for topic in INPUTS]
    return [tracking_node('fairmot_node', remappings, given_values(context, OVERRIDES))]


def generate_launch_description() -> LaunchDescription:
    """Declare the arguments, start the node and, if requested, RViz."""
    view = rviz([SHARE, '/rviz/fairmot.rviz'], ('image_annotated', 'markers'))
    return LaunchDescription([*declare(ARGUMENTS), OpaqueFunction(function=start_node), view])
