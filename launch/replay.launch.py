"""Play a bag through the tracker and stop at its end.

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

from fairmot_ros.ros.parameters.launch_arguments import OVERRIDES, override_arguments

SHARE = FindPackageShare('fairmot_ros')
ARGUMENTS = [
    ('bag', None, 'the bag: a folder, or an .mcap or .db3 file'),
    ('image', 'image', 'topic of the camera images in the bag'),
    ('depth', 'depth', 'topic of depth images registered to them'),
    ('camera_info', 'camera_info', "topic of the camera's calibration"),
    *override_arguments(),
    ('namespace', '', 'namespace of the tracker'),
    ('name', 'fairmot', 'name of the tracker'),
    ('params_file', [SHARE, '/config/fairmot.yaml'], "YAML file with the tracker's parameters"),
    ('rate', '1.0', 'how many times faster than recorded the bag is played'),
    ('loop', 'false', 'play it again and again'),
    (
        'delay',
        '1.0',
        'seconds between the announcement of the topics, once the tracker is ready, '
        'and the first message',
    ),
    ('record', '', 'folder of a new bag for the results; empty for none'),
    ('use_sim_time', 'true', "take the time from the bag's clock"),
    ('rviz', 'false', 'show the annotated image and positions in RViz'),
    ('frame', 'camera', "frame of the images' headers, in which RViz shows positions"),
    ('log_level', 'info', 'debug, info, warn or error'),
]
PASSED_ON = (
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
    """End everything when the tracker has ended by itself: the bag would play for nobody."""
    if event.process_name.startswith('fairmot_node') and not context.is_shutdown:
        return EmitEvent(event=Shutdown(reason='the tracker has ended'))
    return None


def generate_launch_description() -> LaunchDescription:
    """Declare the arguments; start the tracker and the recorder, and the bag when it is ready."""
    value = {name: LaunchConfiguration(name) for name, _, _ in ARGUMENTS}
    node = [value['namespace'], '/', value['name']]
    tracker = IncludeLaunchDescription(
        PythonLaunchDescriptionSource([SHARE, '/launch/fairmot.launch.py']),
        launch_arguments=[(name, value[name]) for name in PASSED_ON],
    )
    # Latched, and sent once the model is loaded: it comes however late one listens.
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
            on_exit=[EmitEvent(event=Shutdown(reason='the bag is at its end'))],
        )
    )
    lost = RegisterEventHandler(OnProcessExit(on_exit=stop_without_tracker))
    arguments = [
        DeclareLaunchArgument(name, default_value=default, description=text)
        for name, default, text in ARGUMENTS
    ]
    return LaunchDescription([*arguments, begin, end, lost, tracker, record, ready])
