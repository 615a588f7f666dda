# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Play a bag to the tracker and shut down at the end of the bag.

`ros2 launch fairmot_ros replay.launch.py bag:=walk.mcap image:=/camera/image_raw rviz:=true`
"""

from __future__ import annotations

from launch import LaunchContext, LaunchDescription
from launch.actions import (
    DeclareLaunchArgument,
    EmitEvent,
    ExecuteProcess,
    IncludeLaunchDescription,
    RegisterEventHandler,
)
from launch.conditions import IfCondition, UnlessCondition
from launch.event_handlers import OnProcessExit
from launch.events import Shutdown
from launch.events.process import ProcessExited
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch.substitutions import LaunchConfiguration, PythonExpression
from launch_ros.substitutions import FindPackageShare

from fairmot_ros.ros.launching.arguments import OVERRIDES, override_arguments

SHARE = FindPackageShare('fairmot_ros')
ARGUMENTS = [
    ('bag', None, 'bag to play: a folder, or an .mcap or .db3 file'),
    ('image', 'image', 'topic of the camera images in the bag'),
    ('depth', 'depth', 'topic of depth images registered to the camera images'),
    ('camera_info', 'camera_info', 'topic of the camera calibration'),
    *override_arguments(),
    ('namespace', '', 'namespace of the tracker'),
    ('name', 'fairmot', 'name of the tracker'),
    (
        'params_file',
        [SHARE, '/config/fairmot.yaml'],
        'YAML file with the parameters of the tracker',
    ),
    ('rate', '1.0', 'playback speed, as a multiple of the recorded speed'),
    ('loop', 'false', 'play the bag in an endless loop'),
    (
        'delay',
        '1.0',
        'seconds between the creation of the publishers, when the tracker is ready, and the first '
        'message',
    ),
    ('record', '', 'folder of a new bag with the results; empty records nothing'),
    ('use_sim_time', 'true', 'use the clock of the bag'),
    ('rviz', 'false', 'start RViz with the annotated image and positions'),
    ('frame', 'camera', 'frame_id of the images, in which RViz shows positions'),
    ('log_level', 'info', 'debug, info, warn or error'),
]
TRACKER_ARGUMENTS = (
    'image',
    'depth',
    'camera_info',
    *OVERRIDES,
    'namespace',
    'name',
    'params_file',
    'use_sim_time',
    'rviz',
    'frame',
    'log_level',
)
RECORDED = ('detections', 'tracks', 'events', 'timing')


def stop_without_tracker(event: ProcessExited, context: LaunchContext) -> EmitEvent | None:
    """Shut down if the tracker has ended by itself, as the bag would be played without effect."""
    if event.process_name.startswith('fairmot_node') and not context.is_shutdown:
        return EmitEvent(event=Shutdown(reason='the tracker has ended'))
    return None


def generate_launch_description() -> LaunchDescription:
    """Declare the arguments; start tracker and recorder, and the bag when the tracker is ready."""
    value = {name: LaunchConfiguration(name) for name, _, _ in ARGUMENTS}
    node = [value['namespace'], '/', value['name']]
    tracker = IncludeLaunchDescription(
        PythonLaunchDescriptionSource([SHARE, '/launch/fairmot.launch.py']),
        launch_arguments=[(name, value[name]) for name in TRACKER_ARGUMENTS],
    )
    # `label_info` is latched and published when the model has been loaded: it marks readiness.
    ready = ExecuteProcess(
        cmd=[
            'ros2',
            'topic',
            'echo',
            '--once',
            '--qos-durability',
            'transient_local',
            '--qos-reliability',
            'reliable',
            [*node, '/label_info'],
            'vision_msgs/msg/LabelInfo',
        ],
        output='log',
    )
    play = [
        'ros2',
        'bag',
        'play',
        value['bag'],
        '--clock',
        '--rate',
        value['rate'],
        '--delay',
        value['delay'],
    ]
    once = ExecuteProcess(cmd=play, output='screen', condition=UnlessCondition(value['loop']))
    again = ExecuteProcess(
        cmd=[*play, '--loop'], output='screen', condition=IfCondition(value['loop'])
    )
    record = ExecuteProcess(
        cmd=[
            'ros2',
            'bag',
            'record',
            '--output',
            value['record'],
            *([*node, f'/{topic}'] for topic in RECORDED),
        ],
        output='screen',
        condition=IfCondition(PythonExpression(["'", value['record'], "' != ''"])),
    )
    begin = RegisterEventHandler(OnProcessExit(target_action=ready, on_exit=[once, again]))
    end = RegisterEventHandler(
        OnProcessExit(
            target_action=once,
            on_exit=[EmitEvent(event=Shutdown(reason='the bag has ended'))],
        )
    )
    lost = RegisterEventHandler(OnProcessExit(on_exit=stop_without_tracker))
    arguments = [
        DeclareLaunchArgument(name, default_value=default, description=text)
        for name, default, text in ARGUMENTS
    ]
    return LaunchDescription([*arguments, begin, end, lost, tracker, record, ready])
