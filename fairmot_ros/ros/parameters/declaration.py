"""Declaration of node parameters with types, ranges and descriptions."""

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
    """Declare all parameters of a class and return an instance with their values.

    Values given under former names are used with a warning, see `rename_former`.

    Raises:
        ValueError: if a value has the wrong type, is out of range or conflicts with another.
    """
    rename_former(node)
    values = {}
    for name, known in kind.settings().items():
        values[name] = declare_one(node, name, _default(known), _descriptor(known))
    return kind(**values)


def declare_one(node: Node, name: str, default: Any, descriptor: ParameterDescriptor) -> Any:
    """Declare a parameter with the type of its default; return its value.

    Raises:
        ValueError: if the given value has another type or is out of range.
    """
    try:
        return node.declare_parameter(name, default, descriptor).value
    except InvalidParameterTypeException as error:
        raise ValueError(f'{error}; write it like {_example(default)}') from error
    except ParameterException as error:
        raise ValueError(str(error)) from error


def declare_plain(node: Node, known: Mapping[str, tuple[Any, str]]) -> dict[str, Any]:
    """Declare read-only parameters without ranges; return their values by name.

    Args:
        node: declares the parameters.
        known: default and description by name.

    Raises:
        ValueError: if a given value has the wrong type.
    """
    values = {}
    for name, (default, description) in known.items():
        descriptor = ParameterDescriptor(description=description, read_only=True)
        values[name] = declare_one(node, name, default, descriptor)
    return values


def own_values(parameters: Iterable[Parameter], kind: type[TrackingParameters]) -> dict[str, Any]:
    """Return the values of a class's parameters; others, such as `use_sim_time`, are omitted."""
    names = kind.settings().keys()
    return {p.name: p.value for p in parameters if p.name in names}


def _default(known: Setting) -> Any:
    return list(known.default) if isinstance(known.default, tuple) else known.default


def _example(default: Any) -> str:
    """Return an example of how to write a value with the type of the default."""
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
