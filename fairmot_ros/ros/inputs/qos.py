# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Quality of service of an input subscription, from the `qos_overrides` parameters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rcl_interfaces.msg import ParameterDescriptor
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, ReliabilityPolicy

from fairmot_ros.ros.parameters.declaration import declare_parameter

RELIABILITIES = {
    'reliable': ReliabilityPolicy.RELIABLE,
    'best_effort': ReliabilityPolicy.BEST_EFFORT,
}
DURABILITIES = {
    'volatile': DurabilityPolicy.VOLATILE,
    'transient_local': DurabilityPolicy.TRANSIENT_LOCAL,
}


@dataclass(frozen=True)
class QosRequest:
    """Requested quality of service, by parameter values.

    Attributes:
        reliability: 'auto', 'reliable' or 'best_effort'.
        durability: 'volatile' or 'transient_local'.
        depth: length of the queue.
    """

    reliability: str
    durability: str
    depth: int


def declare_qos(node: Node, topic: str, reliability: str, depth: int = 1) -> QosRequest:
    """Declare the `qos_overrides` parameters of a subscription and return their values.

    rclpy could declare them itself, but accepts no 'auto'.

    Args:
        node: declares the parameters.
        topic: resolved name of the topic.
        reliability: default of the override.
        depth: default of the override.

    Raises:
        ValueError: if a value is unknown or has the wrong type.
    """
    defaults = QosRequest(reliability, 'volatile', depth)
    choices = {
        'reliability': ('auto', *RELIABILITIES),
        'durability': tuple(DURABILITIES),
        'depth': (),
    }
    values: dict[str, Any] = {}
    for policy, known in choices.items():
        name = f'qos_overrides.{topic}.subscription.{policy}'
        if not node.has_parameter(name):
            descriptor = ParameterDescriptor(
                description=f'{policy} of the subscription to {topic}',
                read_only=True,
                additional_constraints=f'one of: {", ".join(known)}' if known else '',
            )
            declare_parameter(node, name, getattr(defaults, policy), descriptor)
        values[policy] = node.get_parameter(name).value
        if known and values[policy] not in known:
            raise ValueError(f'{name} must be one of {", ".join(known)}, got {values[policy]!r}')
    if values['depth'] < 1:
        raise ValueError(
            f'qos_overrides.{topic}.subscription.depth must be at least 1, got {values["depth"]}'
        )
    return QosRequest(**values)
