"""The ROS 2 layer: nodes, parameters, message conversion and what observes them."""

import signal

from fairmot_ros.starting import ExitCode, prepare

# Names of the nodes' executables; those of commands begin with 'fairmot-'.
prepare(
    lambda name: name.startswith('fairmot_') or name == 'detection_tracker_node',
    {signal.SIGINT: ExitCode.SUCCESS, signal.SIGTERM: ExitCode.SUCCESS},
)
