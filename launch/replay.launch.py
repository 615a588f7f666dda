"""Play a bag through the tracker and stop at its end.

`ros2 launch fairmot_ros replay.launch.py bag:=walk.mcap image:=/camera/image_raw rviz:=true`
"""

from launch import LaunchDescription
from launch.actions import (
    DeclareLaunchArgument,
    EmitEvent,
    ExecuteProcess,
    IncludeLaunchDescription,
    RegisterEventHandler,
    TimerAction,
)
from launch.conditions import IfCondition, UnlessCondition
from launch.event_handlers import OnProcessExit
from launch.events import Shutdown
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch.substitutions import LaunchConfiguration, NotEqualsSubstitution
from launch_ros.substitutions import FindPackageShare

SHARE = FindPackageShare('fairmot_ros')
ARGUMENTS = [
    ('bag', None, 'the bag: a folder, or an .mcap or .db3 file'),
    ('image', 'image', 'topic of the camera images in the bag'),
    ('depth', 'depth', 'topic of depth images registered to them'),
    ('camera_info', 'camera_info', "topic of the camera's calibration"),
    ('namespace', '', 'namespace of the tracker'),
    ('name', 'fairmot', 'name of the tracker'),
    ('params_file', [SHARE, '/config/fairmot.yaml'], "YAML file with the tracker's parameters"),
    ('rate', '1.0', 'how many times faster than recorded the bag is played'),
    ('loop', 'false', 'play it again and again'),
    ('delay', '8.0', 'seconds that the tracker gets to load its model before the bag starts'),
    ('record', '', 'folder of a new bag for the results; empty for none'),
    ('use_sim_time', 'true', "take the time from the bag's clock"),
    ('rviz', 'false', 'show the annotated image and positions in RViz'),
    ('log_level', 'info', 'debug, info, warn or error'),
]
PASSED_ON = ('image', 'depth', 'camera_info', 'namespace', 'name', 'params_file', 'use_sim_time',
             'rviz', 'log_level')
RECORDED = ('detections', 'tracks', 'events', 'timing')


def generate_launch_description() -> LaunchDescription:
    """Declare the arguments; start the tracker, the recorder, and after a while the bag."""
    value = {name: LaunchConfiguration(name) for name, _, _ in ARGUMENTS}
    tracker = IncludeLaunchDescription(
        PythonLaunchDescriptionSource([SHARE, '/launch/fairmot.launch.py']),
        launch_arguments=[(name, value[name]) for name in PASSED_ON],
    )
    play = ['ros2', 'bag', 'play', value['bag'], '--clock', '--rate', value['rate']]
    once = ExecuteProcess(cmd=play, output='screen', condition=UnlessCondition(value['loop']))
    again = ExecuteProcess(
        cmd=[*play, '--loop'], output='screen', condition=IfCondition(value['loop'])
    )
    record = ExecuteProcess(
        cmd=['ros2', 'bag', 'record', '--output', value['record'],
             *([value['namespace'], '/', value['name'], f'/{topic}'] for topic in RECORDED)],
        output='screen',
        condition=IfCondition(NotEqualsSubstitution(value['record'], '')),
    )
    end = RegisterEventHandler(OnProcessExit(
        target_action=once, on_exit=[EmitEvent(event=Shutdown(reason='the bag is at its end'))],
    ))
    arguments = [
        DeclareLaunchArgument(name, default_value=default, description=text)
        for name, default, text in ARGUMENTS
    ]
    return LaunchDescription([
        *arguments, tracker, record, end,
        TimerAction(period=value['delay'], actions=[once, again]),
    ])
