"""Track people in one camera.

`ros2 launch fairmot_ros fairmot.launch.py image:=/camera/image_raw`
"""

from launch import LaunchContext, LaunchDescription
from launch.actions import DeclareLaunchArgument, OpaqueFunction
from launch.conditions import IfCondition
from launch.substitutions import LaunchConfiguration
from launch_ros.actions import LifecycleNode, Node
from launch_ros.parameter_descriptions import ParameterValue
from launch_ros.substitutions import FindPackageShare

from fairmot_ros.ros.parameters.launch_arguments import OVERRIDES, override_arguments

SHARE = FindPackageShare('fairmot_ros')
ARGUMENTS = [
    (
        'image',
        'image',
        'topic of the camera images (sensor_msgs/Image); of compressed ones the '
        'name without /compressed, with `image_transport:=compressed`',
    ),
    ('depth', 'depth', 'topic of depth images registered to them, for `position_source: depth`'),
    ('camera_info', 'camera_info', "topic of the camera's calibration, for positions in space"),
    *override_arguments(),
    ('namespace', '', 'namespace of the node, one for each robot'),
    ('name', 'fairmot', 'name of the node; the results are published below it'),
    (
        'params_file',
        [SHARE, '/config/fairmot.yaml'],
        'YAML file with the parameters: thresholds, outputs and all others',
    ),
    ('use_sim_time', 'false', 'take the time from /clock, for bags and simulation'),
    ('rviz', 'false', 'show the annotated image and positions in RViz'),
    ('frame', 'camera', "frame of the images' headers, in which RViz shows positions"),
    ('log_level', 'info', 'debug, info, warn or error'),
]
SHOWN = ('image_annotated', 'markers')  # topics of the node that the RViz configuration shows


def start_node(context: LaunchContext) -> list[LifecycleNode]:
    """Make the node once it is known which parameters were given."""
    value = {name: LaunchConfiguration(name) for name, _, _ in ARGUMENTS}
    given = {name: value[name].perform(context) for name in OVERRIDES}
    sim_time = ParameterValue(value['use_sim_time'], value_type=bool)
    return [
        LifecycleNode(
            package='fairmot_ros',
            executable='fairmot_node',
            name=value['name'],
            namespace=value['namespace'],
            remappings=[(topic, value[topic]) for topic in ('image', 'depth', 'camera_info')],
            parameters=[
                value['params_file'],
                {
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
    """Declare the arguments and start the node, and RViz if asked for."""
    value = {name: LaunchConfiguration(name) for name, _, _ in ARGUMENTS}
    rviz = Node(
        package='rviz2',
        executable='rviz2',
        namespace=value['namespace'],
        arguments=['-d', [SHARE, '/rviz/fairmot.rviz'], '-f', value['frame']],
        remappings=[(f'/fairmot/{topic}', [value['name'], f'/{topic}']) for topic in SHOWN],
        parameters=[{'use_sim_time': ParameterValue(value['use_sim_time'], value_type=bool)}],
        condition=IfCondition(value['rviz']),
    )
    arguments = [
        DeclareLaunchArgument(name, default_value=default, description=text)
        for name, default, text in ARGUMENTS
    ]
    return LaunchDescription([*arguments, OpaqueFunction(function=start_node), rviz])
