"""Track people in the images of one camera.

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
        'topic of the camera images; with `image_transport:=compressed`, the name without '
        '/compressed',
    ),
    (
        'depth',
        'depth',
        'topic of depth images registered to the camera images, for `position_source: depth`',
    ),
    ('camera_info', 'camera_info', 'topic of the camera calibration, for positions in space'),
    ('odom', 'odom', 'topic of the odometry, for `odometry: true`'),
    *override_arguments(),
    ('namespace', '', 'namespace of the node'),
    ('name', 'fairmot', 'name of the node; results are published as <name>/...'),
    ('params_file', [SHARE, '/config/fairmot.yaml'], 'YAML file with the parameters of the node'),
    ('use_sim_time', 'false', 'use the time of /clock, for bags and simulation'),
    ('rviz', 'false', 'start RViz with the annotated image and positions'),
    ('frame', 'camera', 'frame_id of the images, in which RViz shows positions'),
    ('log_level', 'info', 'debug, info, warn or error'),
]
INPUTS = ('image', 'depth', 'camera_info', 'odom')
RVIZ_TOPICS = ('image_annotated', 'markers')  # topics of the node in the RViz configuration


def start_node(context: LaunchContext) -> list[LifecycleNode]:
    """Create the node, with those overriding parameters that were given."""
    value = {name: LaunchConfiguration(name) for name, _, _ in ARGUMENTS}
    given = {name: value[name].perform(context) for name in OVERRIDES}
    sim_time = ParameterValue(value['use_sim_time'], value_type=bool)
    return [
        LifecycleNode(
            package='fairmot_ros',
            executable='fairmot_node',
            name=value['name'],
            namespace=value['namespace'],
            remappings=[(topic, value[topic]) for topic in INPUTS],
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
    """Declare the arguments, start the node and, if requested, RViz."""
    value = {name: LaunchConfiguration(name) for name, _, _ in ARGUMENTS}
    rviz = Node(
        package='rviz2',
        executable='rviz2',
        namespace=value['namespace'],
        arguments=['-d', [SHARE, '/rviz/fairmot.rviz'], '-f', value['frame']],
        remappings=[(f'/fairmot/{topic}', [value['name'], f'/{topic}']) for topic in RVIZ_TOPICS],
        parameters=[{'use_sim_time': ParameterValue(value['use_sim_time'], value_type=bool)}],
        condition=IfCondition(value['rviz']),
    )
    arguments = [
        DeclareLaunchArgument(name, default_value=default, description=text)
        for name, default, text in ARGUMENTS
    ]
    return LaunchDescription([*arguments, OpaqueFunction(function=start_node), rviz])
