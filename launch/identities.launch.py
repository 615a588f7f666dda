# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Give a person one identity in all cameras whose tracks are published.

`ros2 launch fairmot_ros identities.launch.py store:=/var/lib/robot/people.db`
"""

from launch import LaunchContext, LaunchDescription
from launch.actions import OpaqueFunction
from launch_ros.actions import Node
from launch_ros.substitutions import FindPackageShare

from fairmot_ros.ros.launching.actions import declare, given_values, identities_node
from fairmot_ros.ros.launching.arguments import (
    IDENTITIES_OVERRIDES,
    common_arguments,
    identities_overrides,
)

SHARE = FindPackageShare('fairmot_ros')
ARGUMENTS = [
    *identities_overrides(),
    *common_arguments('fairmot_identities', [SHARE, '/config/identities.yaml']),
]


def start_node(context: LaunchContext) -> list[Node]:
    """Create the node, with those overriding parameters that were given."""
    return [identities_node(given_values(context, IDENTITIES_OVERRIDES))]


def generate_launch_description() -> LaunchDescription:
    """Declare the arguments and start the node."""
    return LaunchDescription([*declare(ARGUMENTS), OpaqueFunction(function=start_node)])
