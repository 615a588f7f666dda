# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Declaration of node parameters with types, ranges and descriptions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rcl_interfaces.msg import FloatingPointRange, IntegerRange, ParameterDescriptor
from rclpy.exceptions import InvalidParameterTypeException, ParameterException
from rclpy.node import Node
from rclpy.parameter import Parameter

from fairmot_ros.ros.parameters.base import P, Parameters
from fairmot_ros.ros.parameters.overrides import rename_former
from fairmot_ros.settings import Setting


def declare_parameters(node: Node, parameter_type: type[P]) -> P:
    """Declare all parameters of a class and return an instance with their values.

    Values given under former names are used with a warning, see `rename_former`.

    Raises:
        ValueError: if a value has the wrong type, is out of range or conflicts with another.
    """
    rename_former(node)
    values = {}
    for name, setting in parameter_type.settings().items():
        values[name] = declare_parameter(node, name, _default(setting), _descriptor(setting))
    return parameter_type(**values)


def declare_parameter(node: Node, name: str, default: Any, descriptor: ParameterDescriptor) -> Any:
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


def declare_read_only(node: Node, defaults: Mapping[str, tuple[Any, str]]) -> dict[str, Any]:
    """Declare read-only parameters without ranges; return their values by name.

    Args:
        node: declares the parameters.
        defaults: default and description by name.

    Raises:
        ValueError: if a given value has the wrong type.
    """
    values = {}
    for name, (default, description) in defaults.items():
        descriptor = ParameterDescriptor(description=description, read_only=True)
        values[name] = declare_parameter(node, name, default, descriptor)
    return values


def select_values(
    parameters: Iterable[Parameter], parameter_type: type[Parameters]
) -> dict[str, Any]:
    """Return the values of a class's parameters; others, such as `use_sim_time`, are omitted."""
    names = parameter_type.settings().keys()
    return {p.name: p.value for p in parameters if p.name in names}


def _default(setting: Setting) -> Any:
    return list(setting.default) if isinstance(setting.default, tuple) else setting.default


def _example(default: Any) -> str:
    """Return an example of how to write a value with the type of the default."""
    if isinstance(default, list):
        return "['front']" if isinstance(default[0], str) else '[0.5, 0.4]'
    return {bool: 'true', int: '3', float: '3.0', str: '"\'1\'"'}[type(default)]


def _constraints(setting: Setting) -> Iterator[str]:
    if setting.choices:
        yield f'one of: {", ".join(setting.choices)}'
    if setting.structural:
        yield 'can be changed while the node is unconfigured'


def _descriptor(setting: Setting) -> ParameterDescriptor:
    unit = f' [{setting.unit}]' if setting.unit else ''
    descriptor = ParameterDescriptor(
        description=setting.description + unit,
        additional_constraints='; '.join(_constraints(setting)),
    )
    if setting.low is None or setting.high is None or isinstance(setting.default, tuple):
        return descriptor
    if isinstance(setting.default, int):
        descriptor.integer_range = [
            IntegerRange(from_value=int(setting.low), to_value=int(setting.high), step=0)
        ]
    else:
        descriptor.floating_point_range = [
            FloatingPointRange(
                from_value=float(setting.low), to_value=float(setting.high), step=0.0
            )
        ]
    return descriptor
