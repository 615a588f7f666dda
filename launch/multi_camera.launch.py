"""Track people in the images of several cameras with one process and one network.

`ros2 launch fairmot_ros multi_camera.launch.py cameras:=front,rear image:=image_raw` subscribes to
`front/image_raw` and `rear/image_raw`; ids are `front/1`, `rear/1` and so on.
"""

from launch import LaunchContext, LaunchDescription
from launch.actions import DeclareLaunchArgument, OpaqueFunction
from launch.substitutions import LaunchConfiguration
from launch_ros.actions import LifecycleNode
from launch_ros.parameter_descriptions import ParameterValue
from launch_ros.substitutions import FindPackageShare

from fairmot_ros.ros.parameters.launch_arguments import OVERRIDES, override_arguments

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
    *override_arguments(),
    ('namespace', '', 'namespace of the node and the cameras'),
    ('name', 'fairmot', 'name of the node; results are published as <name>/<camera>/...'),
    (
        'params_file',
        [FindPackageShare('fairmot_ros'), '/config/fairmot.yaml'],
        'YAML file with the parameters of the node, shared by all cameras',
    ),
    ('use_sim_time', 'false', 'use the time of /clock, for bags and simulation'),
    ('log_level', 'info', 'debug, info, warn or error'),
]
INPUTS = ('image', 'depth', 'camera_info')


def start_node(context: LaunchContext) -> list[LifecycleNode]:
    """Create the node with the topics of all cameras."""
    value = {name: LaunchConfiguration(name) for name, _, _ in ARGUMENTS}
    cameras = [name.strip() for name in value['cameras'].perform(context).split(',')]
    given = {name: value[name].perform(context) for name in OVERRIDES}
    sim_time = ParameterValue(value['use_sim_time'], value_type=bool)
    return [
        LifecycleNode(
            package='fairmot_ros',
            executable='fairmot_node',
            name=value['name'],
            namespace=value['namespace'],
            remappings=[
                (f'{camera}/{topic}', [camera, '/', value[topic]])
                for camera in cameras
                for topic in INPUTS
            ],
            parameters=[
                value['params_file'],
                {
                    'cameras': cameras,
                    'use_sim_time': sim_time,
                    **{
                        name: ParameterValue(text, value_type=str)
                        for name, text in given.items()
                        if text
                    },
                },
            ],
            ros_arguments=['--log-level', value['log_level']],
            output='screen',
            emulate_tty=True,
        )
    ]


def generate_launch_description() -> LaunchDescription:
    """Declare the arguments and start the node."""
    arguments = [
        DeclareLaunchArgument(name, default_value=default, description=text)
        for name, default, text in ARGUMENTS
    ]
    return LaunchDescription([*arguments, OpaqueFunction(function=start_node)])
