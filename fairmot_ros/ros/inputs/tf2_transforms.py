# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Transforms by tf2_ros, whose listener is written in C++."""

from __future__ import annotations

import time

from rclpy.clock import ClockType
from rclpy.node import Node
from rclpy.time import Time
from tf2_ros import Buffer, ExtrapolationException, TransformException, TransformListener

from fairmot_ros.ros.inputs.transforms import TransformSource
from fairmot_ros.spatial.transforms import Transform, TransformError, normalized

POLL_SECONDS = 0.005  # between two polls of the buffer, which has no notification


class Tf2Transforms(TransformSource):
    """Transforms in a buffer of tf2."""

    def __init__(self, node: Node) -> None:
        """Prepare the listener."""
        super().__init__()
        self._node = node
        self._buffer = Buffer()
        self._listener: TransformListener | None = None

    def _open(self) -> None:
        self._listener = TransformListener(self._buffer, self._node)

    def _close(self) -> None:
        assert self._listener is not None
        self._listener.unregister()
        self._listener = None
        self._buffer.clear()

    def _find(self, target: str, source: str, stamp: int | None) -> Transform:
        moment = Time(nanoseconds=stamp or 0, clock_type=ClockType.ROS_TIME)
        try:
            found = self._buffer.lookup_transform(target, source, moment).transform
        except TransformException as error:
            newest = None
            if stamp is not None and isinstance(error, ExtrapolationException):
                newest = self._newest(target, source)
            text = ' '.join(str(error).split()).rstrip('.')
            raise TransformError(
                f'there is no transform from {source} to {target}: {text}',
                newest if newest is not None and newest < (stamp or 0) else None,
            ) from None
        moved, turned = found.translation, found.rotation
        return Transform.from_quaternion(
            (moved.x, moved.y, moved.z), normalized((turned.x, turned.y, turned.z, turned.w))
        )

    def _newest(self, target: str, source: str) -> int | None:
        try:
            return self._buffer.get_latest_common_time(target, source).nanoseconds
        except TransformException:
            return None

    def _wait(self, seconds: float) -> None:
        time.sleep(min(seconds, POLL_SECONDS))
