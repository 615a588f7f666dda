# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Launch actions that the launch files share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from launch import LaunchContext
from launch.actions import DeclareLaunchArgument
from launch.conditions import IfCondition
from launch.substitutions import LaunchConfiguration
from launch_ros.actions import LifecycleNode, Node
from launch_ros.parameter_descriptions import ParameterValue

from fairmot_ros.ros.launching.arguments import Argument


def declare(arguments: Iterable[Argument]) -> list[DeclareLaunchArgument]:
    """Return the declarations of launch arguments."""
    return [
        DeclareLaunchArgument(name, default_value=default, description=text)
        for name, default, text in arguments
    ]


def given_values(
    context: LaunchContext, names: Iterable[str], value_type: type = str
) -> dict[str, ParameterValue]:
    """Return parameters for those arguments that are not empty."""
    values = {name: LaunchConfiguration(name) for name in names}
    return {
        name: ParameterValue(value, value_type=value_type)
        for name, value in values.items()
        if value.perform(context)
    }


def sim_time() -> ParameterValue:
    """Return the value of the argument `use_sim_time`."""
    return ParameterValue(LaunchConfiguration('use_sim_time'), value_type=bool)


def tracking_node(
    executable: str, remappings: Sequence[tuple[Any, Any]], parameters: Mapping[str, Any]
) -> LifecycleNode:
    """Return a node with the arguments of `common_arguments`.

    Args:
        executable: name of the executable.
        remappings: topics before and after.
        parameters: take precedence over the params_file.
    """
    return LifecycleNode(remappings=remappings, **_common(executable, parameters))


def identities_node(parameters: Mapping[str, Any]) -> Node:
    """Return the identities node; see `tracking_node`."""
    return Node(**_common('fairmot_identities', parameters))


def rviz(configuration: Any, topics: Iterable[str] = ()) -> Node:
    """Return RViz with the arguments `rviz` (whether to start it) and `frame` (its fixed frame).

    Args:
        configuration: path of its file.
        topics: names below `/fairmot` in the file, which are remapped to those of the node.
    """
    name = LaunchConfiguration('name')
    return Node(
        package='rviz2',
        executable='rviz2',
        namespace=LaunchConfiguration('namespace'),
        arguments=['-d', configuration, '-f', LaunchConfiguration('frame')],
        remappings=[(f'/fairmot/{topic}', [name, f'/{topic}']) for topic in topics],
        parameters=[{'use_sim_time': sim_time()}],
        condition=IfCondition(LaunchConfiguration('rviz')),
    )


def _common(executable: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return what all nodes of this package are started with."""
    return {
        'package': 'fairmot_ros',
        'executable': executable,
        'name': LaunchConfiguration('name'),
        'namespace': LaunchConfiguration('namespace'),
        'parameters': [
            LaunchConfiguration('params_file'),
            {'use_sim_time': sim_time(), **parameters},
        ],
        'ros_arguments': ['--log-level', LaunchConfiguration('log_level')],
        'output': 'screen',
        'emulate_tty': True,
    }
