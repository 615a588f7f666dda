# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Bond with Nav2's lifecycle manager: heartbeats by which each end notices that the other died.

Both ends publish `bond/Status` with the same `id` and an `instance_id` of their own. The bond is
formed when an active status of the other end arrives, and broken by an inactive one, or when none
arrives for the heartbeat timeout. Names and times are those of Nav2's lifecycle nodes: the topic
`bond` in the namespace of the node, the name of the node as id.
"""

from __future__ import annotations

import time
import uuid
from enum import Enum
from typing import Any

from rclpy.clock import Clock, ClockType
from rclpy.lifecycle import LifecycleNode
from rclpy.node import Node
from rclpy.timer import Timer

TOPIC = 'bond'
#: Seconds between two heartbeats, without one until the bond is broken, and until the log states
#: that it has not been formed.
PERIOD, TIMEOUT, CONNECT_TIMEOUT = 0.1, 4.0, 10.0
#: Heartbeats to keep: the manager's end of every other node shares the topic.
DEPTH = 100


class BondState(Enum):
    """State of one end."""

    WAITING = 'waiting'
    FORMED = 'formed'
    BROKEN = 'broken'


class Bond:
    """This node's end of a bond; used by the node's thread.

    Once broken it stays so: the manager starts nodes again by their transitions, and each
    activation makes a new bond.

    Attributes:
        state: of this end.
    """

    def __init__(self, node: LifecycleNode) -> None:
        """Start the heartbeat.

        Raises:
            ValueError: if the package bond is missing.
        """
        try:
            from bond.msg import Status
        except ImportError:
            raise ValueError('bond needs the package bond: install it, or disable bond') from None
        self.state = BondState.WAITING
        self._node: Node = node
        self._message_type = Status
        self._instance = str(uuid.uuid4())
        self._started = self._last_heard = time.monotonic()
        self._reported = False
        self._publisher = node.create_publisher(Status, TOPIC, DEPTH)
        self._subscription = node.create_subscription(Status, TOPIC, self._on_status, DEPTH)
        steady = Clock(clock_type=ClockType.STEADY_TIME)
        self._timer: Timer | None = node.create_timer(PERIOD, self._on_timer, clock=steady)

    def end(self) -> None:
        """Break the bond and stop the heartbeat; the publisher remains for its last message."""
        if self._timer is None:
            return
        self._node.destroy_timer(self._timer)
        self._node.destroy_subscription(self._subscription)
        self._timer = None
        if self.state is not BondState.BROKEN:
            self.state = BondState.BROKEN
            self._publish(active=False)

    def close(self) -> None:
        """End the bond and destroy the publisher."""
        self.end()
        self._node.destroy_publisher(self._publisher)

    def _on_timer(self) -> None:
        now = time.monotonic()
        if self.state is BondState.BROKEN:
            return
        if self.state is BondState.FORMED and now - self._last_heard > TIMEOUT:
            self.state = BondState.BROKEN
            self._node.get_logger().warning(
                f'the bond is broken: no heartbeat of the lifecycle manager for {TIMEOUT:.0f} s'
            )
            self._publish(active=False)
            return
        if self.state is BondState.WAITING and now - self._started > CONNECT_TIMEOUT:
            if not self._reported:
                self._reported = True
                self._node.get_logger().warning(
                    f'no lifecycle manager has answered the bond on '
                    f'{self._publisher.topic_name} for {CONNECT_TIMEOUT:.0f} s'
                )
        self._publish(active=True)

    def _on_status(self, status: Any) -> None:
        is_other_end = status.id == self._node.get_name() and status.instance_id != self._instance
        if not is_other_end:
            return
        if status.active:
            self._last_heard = time.monotonic()
            if self.state is BondState.WAITING:
                self.state = BondState.FORMED
                self._node.get_logger().info('the bond with the lifecycle manager is formed')
        elif self.state is BondState.FORMED:
            self.state = BondState.BROKEN
            self._node.get_logger().info('the lifecycle manager has ended the bond')
            self._publish(active=False)  # acknowledges the end

    def _publish(self, *, active: bool) -> None:
        if not self._node.context.ok():  # a signal has shut ROS down
            return
        status = self._message_type(
            id=self._node.get_name(),
            instance_id=self._instance,
            active=active,
            heartbeat_timeout=TIMEOUT,
            heartbeat_period=PERIOD,
        )
        status.header.stamp = self._node.get_clock().now().to_msg()
        self._publisher.publish(status)
