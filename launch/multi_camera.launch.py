# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Track people in the images of several cameras with one process and one network.

`ros2 launch fairmot_ros multi_camera.launch.py cameras:=front,rear image:=image_raw` subscribes to
`front/image_raw` and `rear/image_raw`; ids are `front/1`, `rear/1` and so on.
"""

from pathlib import Path

from launch import LaunchContext, LaunchDescription
from launch.actions import OpaqueFunction
from launch.conditions import IfCondition
from launch.substitutions import LaunchConfiguration
from launch_ros.actions import Node
from launch_ros.substitutions import FindPackageShare

from fairmot_ros.ros.launching.actions import declare, given_values, rviz, tracking_node
from fairmot_ros.ros.launching.arguments import (
    common_arguments,
    override_arguments,
    transport_parameters,
)
from fairmot_ros.ros.launching.rviz_configuration import for_cameras

SHARE = FindPackageShare('fairmot_ros')
MODEL = ('weights', 'device')
INPUTS = ('image', 'depth', 'camera_info')
ARGUMENTS = [
    ('cameras', None, 'names of the cameras, separated by commas: front,rear'),
    (
        'image',
        'image',
        'topic of the images of each camera, relative to the name of the camera; remap cameras '
        'with other topic names',
    ),
    ('depth', 'depth', 'topic of the depth images, relative to the name of the camera'),
    ('camera_info', 'camera_info', 'topic of the calibration, relative to the name of the camera'),
    ('odom', 'odom', 'topic of the odometry, for `odometry: true`'),
    (
        'image_transport',
        '',
        'auto, raw or compressed, or one for each camera: front:raw,rear:compressed; empty: as in '
        'the params_file',
    ),
    *override_arguments(MODEL),
    *common_arguments('fairmot', [SHARE, '/config/fairmot.yaml']),
    ('rviz', 'false', 'start RViz with the annotated images and positions of all cameras'),
    ('frame', 'map', 'frame in which RViz shows positions, such as the target_frame'),
]


def start_nodes(context: LaunchContext) -> list[Node]:
    """Create the node with the topics of all cameras, and RViz."""
    value = {name: LaunchConfiguration(name) for name, _, _ in ARGUMENTS}
    text = {name: value[name].perform(context) for name in value}
    cameras = [name.strip() for name in text['cameras'].split(',')]
    parameters = {
        'cameras': cameras,
        **transport_parameters(text['image_transport']),
        **given_values(context, MODEL),
    }
    remappings = [
        (f'{camera}/{topic}', [camera, '/', value[topic]])
        for camera in cameras
        for topic in INPUTS
    ]
    remappings.append(('odom', value['odom']))
    nodes = [tracking_node('fairmot_node', remappings, parameters)]
    if IfCondition(value['rviz']).evaluate(context):
        node = '/'.join(['', *filter(None, [text['namespace'].strip('/'), text['name']])])
        template = Path(SHARE.perform(context)) / 'rviz' / 'fairmot.rviz'
        nodes.append(rviz(str(for_cameras(template, node, cameras))))
    return nodes


def generate_launch_description() -> LaunchDescription:
    """Declare the arguments and start the nodes."""
    return LaunchDescription([*declare(ARGUMENTS), OpaqueFunction(function=start_nodes)])
