"""Declare the parameters of a node in ROS, with ranges and descriptions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rcl_interfaces.msg import FloatingPointRange, IntegerRange, ParameterDescriptor
from rclpy.exceptions import InvalidParameterTypeException, ParameterException
from rclpy.node import Node
from rclpy.parameter import Parameter

from fairmot_ros.ros.parameters.nodes import P, TrackingParameters
from fairmot_ros.ros.parameters.overrides import rename_former
from fairmot_ros.settings import Setting


def declare(node: Node, kind: type[P]) -> P:
    """Declare all parameters of a kind with their descriptors; return the values in use.

    Raises:
        ValueError: if the given values are not consistent.
    """
    rename_former(node)
    values = {}
    for name, known in kind.settings().items():
        values[name] = declare_one(node, name, _default(known), _descriptor(known))
    return kind(**values)


def declare_one(node: Node, name: str, default: Any, descriptor: ParameterDescriptor) -> Any:
    """Declare a parameter, of the type of its default; return the value in use.

    Raises:
        ValueError: if the given value has another type or is refused.
    """
    try:
        return node.declare_parameter(name, default, descriptor).value
    except InvalidParameterTypeException as error:
        raise ValueError(f'{error} (it is written like {_example(default)})') from error
    except ParameterException as error:
        raise ValueError(str(error)) from error


def declare_plain(node: Node, known: Mapping[str, tuple[Any, str]]) -> dict[str, Any]:
    """Declare parameters that are read once; return the values in use.

    Args:
        node: of the parameters.
        known: default and description by name.

    Raises:
        ValueError: if a given value has another type.
    """
    values = {}
    for name, (default, text) in known.items():
        descriptor = ParameterDescriptor(description=text, read_only=True)
        values[name] = declare_one(node, name, default, descriptor)
    return values


def own_values(parameters: Iterable[Parameter], kind: type[TrackingParameters]) -> dict[str, Any]:
    """Return the values of a kind in a list that may hold others, `use_sim_time` for one."""
    names = kind.settings().keys()
    return {p.name: p.value for p in parameters if p.name in names}


def _default(known: Setting) -> Any:
    return list(known.default) if isinstance(known.default, tuple) else known.default


def _example(default: Any) -> str:
    """Return how a value of the type of a default is written."""
    if isinstance(default, list):
        return "['front']" if isinstance(default[0], str) else '[0.5, 0.4]'
    return {bool: 'true', int: '3', float: '3.0', str: '"\'1\'"'}[type(default)]


def _descriptor(known: Setting) -> ParameterDescriptor:
    unit = f' [{known.unit}]' if known.unit else ''
    descriptor = ParameterDescriptor(
        description=known.description + unit,
        read_only=known.structural,
        additional_constraints=(f'one of: {", ".join(known.choices)}' if known.choices else ''),
    )
    if known.low is None or known.high is None or isinstance(known.default, tuple):
        return descriptor
    if isinstance(known.default, int):
        descriptor.integer_range = [
            IntegerRange(from_value=int(known.low), to_value=int(known.high), step=0)
        ]
    else:
        descriptor.floating_point_range = [
            FloatingPointRange(from_value=float(known.low), to_value=float(known.high), step=0.0)
        ]
    return descriptor
