# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Transforms between frames from `/tf` and `/tf_static`, shared by the cameras of a node."""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from builtin_interfaces.msg import Time
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile

from fairmot_ros.spatial.transform_buffer import TransformBuffer
from fairmot_ros.spatial.transforms import Transform, TransformError

#: Quality of service of both topics, as in tf2_ros.
MOVING_QOS = QoSProfile(depth=100)
STATIC_QOS = QoSProfile(depth=100, durability=DurabilityPolicy.TRANSIENT_LOCAL)


class TransformSource(ABC):
    """Looks up transforms; `lookup` may be called by one thread beside that of the executor."""

    def __init__(self) -> None:
        self._users = 0
        # By frames: up to when a transform was known as waiting for a newer one was in vain.
        self._given_up: dict[tuple[str, str], int] = {}

    def lookup(self, target: str, source: str, stamp: Time, timeout: float) -> Transform:
        """Return the transform from a source frame to a target frame.

        After a timeout, the next calls do not wait until a newer transform has come.

        Args:
            target: frame that points are mapped to.
            source: frame that they are given in.
            stamp: time of the transform; zero for the newest one.
            timeout: seconds to wait for a transform that is newer than those received.

        Raises:
            TransformError: if it is not known, or not in time.
        """
        nanoseconds = stamp.sec * 1_000_000_000 + stamp.nanosec
        end = time.monotonic() + timeout
        key = target, source
        while True:
            try:
                found = self._find(target, source, nanoseconds or None)
            except TransformError as error:
                if error.newest is None or error.newest == self._given_up.get(key):
                    raise
                left = end - time.monotonic()
                if left <= 0:
                    self._given_up[key] = error.newest
                    raise TransformError(
                        f'{error}, after a wait of {timeout:g} s', error.newest
                    ) from None
                self._wait(left)
            else:
                self._given_up.pop(key, None)
                return found

    def subscribe(self) -> None:
        """Start receiving transforms, unless another camera of the node has done so."""
        self._users += 1
        if self._users == 1:
            self._open()

    def unsubscribe(self) -> None:
        """Stop receiving transforms, unless another camera of the node needs them."""
        self._users -= 1
        if self._users == 0:
            self._close()

    def refresh(self) -> None:  # noqa: B027 - most have nothing to adapt
        """Adapt the reliability of subscriptions to the present publishers."""

    @abstractmethod
    def _open(self) -> None:
        """Create the subscriptions."""

    @abstractmethod
    def _close(self) -> None:
        """Destroy the subscriptions."""

    @abstractmethod
    def _find(self, target: str, source: str, stamp: int | None) -> Transform:
        """Return a transform, see `lookup`, or raise TransformError."""

    @abstractmethod
    def _wait(self, seconds: float) -> None:
        """Wait until a message is received after the last `_find`, at most for some seconds."""


class ReceivedTransforms(TransformSource):
    """Transforms in a buffer of this package."""

    def __init__(self, node: Node) -> None:
        """Prepare the subscriptions; raises ImportError if tf2_msgs is missing."""
        from tf2_msgs.msg import TFMessage

        super().__init__()
        self._message_type = TFMessage
        self._node = node
        self._subscriptions: list = []
        self._buffer = TransformBuffer()
        self._changed = threading.Condition()
        # Numbers of messages: received, and received before the last lookup.
        self._received = self._looked_up = 0

    def _open(self) -> None:
        for topic, qos, static in (('/tf', MOVING_QOS, False), ('/tf_static', STATIC_QOS, True)):
            self._subscriptions.append(
                self._node.create_subscription(
                    self._message_type, topic, self._receiver(static), qos
                )
            )

    def _close(self) -> None:
        for subscription in self._subscriptions:
            self._node.destroy_subscription(subscription)
        self._subscriptions.clear()
        with self._changed:
            self._buffer = TransformBuffer()

    def _receiver(self, static: bool) -> Callable[[Any], None]:
        def receive(message: Any) -> None:
            with self._changed:
                for transform in message.transforms:
                    try:
                        self._insert(transform, static)
                    except TransformError as error:
                        self._node.get_logger().warning(
                            f'ignoring a transform: {error}', throttle_duration_sec=5.0
                        )
                self._note_received()

        return receive

    def _note_received(self) -> None:
        """Wake the thread that waits for a message; called with the lock."""
        self._received += 1
        self._changed.notify()

    def _insert(self, message: Any, static: bool) -> None:
        stamp, moved = message.header.stamp, message.transform.translation
        turned = message.transform.rotation
        self._buffer.insert(
            message.header.frame_id.lstrip('/'),
            message.child_frame_id.lstrip('/'),
            stamp.sec * 1_000_000_000 + stamp.nanosec,
            (moved.x, moved.y, moved.z),
            (turned.x, turned.y, turned.z, turned.w),
            static=static,
        )

    def _find(self, target: str, source: str, stamp: int | None) -> Transform:
        with self._changed:
            self._looked_up = self._received
            return self._buffer.lookup(target, source, stamp)

    def _wait(self, seconds: float) -> None:
        # A message that came between the lookup and this call counts.
        with self._changed:
            self._changed.wait_for(lambda: self._received != self._looked_up, seconds)
