"""Start the fairmot node: `ros2 launch fairmot_ros fairmot.launch.py image:=/camera/image_raw`."""

from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument
from launch.substitutions import LaunchConfiguration
from launch_ros.actions import LifecycleNode
from launch_ros.parameter_descriptions import ParameterValue
from launch_ros.substitutions import FindPackageShare

ARGUMENTS = [
    ('image', 'image', 'topic of the camera images'),
    ('namespace', '', 'namespace of the node, one for each camera'),
    ('name', 'fairmot', 'name of the node; the results are published below it'),
    (
        'params_file',
        [FindPackageShare('fairmot_ros'), '/config/fairmot.yaml'],
        'YAML file with the parameters: weights, device, thresholds and all others',
    ),
    ('use_sim_time', 'false', 'take the time from /clock, for bags and simulation'),
    ('log_level', 'info', 'debug, info, warn or error'),
]


def generate_launch_description() -> LaunchDescription:
    """Declare the arguments and start the node."""
    value = {name: LaunchConfiguration(name) for name, _, _ in ARGUMENTS}
    node = LifecycleNode(
        package='fairmot_ros',
        executable='fairmot_node',
        name=value['name'],
        namespace=value['namespace'],
        remappings=[('image', value['image'])],
        parameters=[
            value['params_file'],
            {'use_sim_time': ParameterValue(value['use_sim_time'], value_type=bool)},
        ],
        ros_arguments=['--log-level', value['log_level']],
        output='screen',
        emulate_tty=True,
    )
    arguments = [
        DeclareLaunchArgument(name, default_value=default, description=text)
        for name, default, text in ARGUMENTS
    ]
    return LaunchDescription([*arguments, node])
