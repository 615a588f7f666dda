# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Detection of further nodes with the name of this one."""

from __future__ import annotations

from rclpy.clock import Clock, ClockType
from rclpy.node import Node

CHECK_SECONDS = 1.0
#: Consecutive checks that must find the other node: one that is being replaced is still listed
#: while it ends.
SETTLED_CHECKS = 3


class NameWatch:
    """Warns while other nodes of the domain have the full name of this node.

    ROS 2 starts such nodes without a word, but they publish on the same topics, and each request
    to one of their services is answered by all of them.

    A node that was killed is listed until its lease ends (20 s with Fast DDS), though only by
    nodes that ran at the same time: one that is started in its place does not find it.

    Attributes:
        warning: one sentence, '' while no other node has the name.
    """

    def __init__(self, node: Node) -> None:
        """Check the names of all nodes once per second while `node` spins."""
        self.warning = ''
        self._node = node
        self._sightings = 0
        # A steady clock: timers on ROS time stall without /clock.
        steady = Clock(clock_type=ClockType.STEADY_TIME)
        self._timer = node.create_timer(CHECK_SECONDS, self._check, clock=steady)

    def _check(self) -> None:
        own = (self._node.get_name(), self._node.get_namespace())
        count = [tuple(names) for names in self._node.get_node_names_and_namespaces()].count(own)
        self._sightings = self._sightings + 1 if count > 1 else 0
        name, known = self._node.get_fully_qualified_name(), self.warning
        self.warning = ''
        if self._sightings >= SETTLED_CHECKS:
            self.warning = (
                f'{count} nodes are named {name}; expected one: end the others, or give each its '
                'own name with `-r __node:=NAME`, or namespace with `-r __ns:=/NAME`'
            )
        if self.warning and not known:
            self._node.get_logger().warning(self.warning)
        elif known and not self.warning:
            self._node.get_logger().info(f'no other node is named {name} any more')
