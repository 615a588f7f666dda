# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Reception of one camera's messages on the executor thread: counters and time of arrival."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from rclpy.clock import Clock

from fairmot_ros.ros.health.statistics import Statistics


@dataclass(frozen=True)
class ReceivedMessage:
    """A message with its time of arrival.

    Attributes:
        message: image or detections.
        received: time of arrival on the clock of the node, seconds.
        arrived: time of arrival on the steady clock, seconds.
    """

    message: Any
    received: float
    arrived: float = field(default_factory=time.perf_counter)


class CameraInput:
    """Counts received and missed messages of one camera; used by the executor thread only.

    Attributes:
        only_publisher: whether the topic has a single publisher; only then do gaps in the
            sequence numbers mean missed messages.
    """

    def __init__(self, statistics: Statistics, clock: Clock) -> None:
        """Count into `statistics`; `clock` is the clock of the node."""
        self.only_publisher = True
        self._statistics = statistics
        self._clock = clock
        self._sequence: int | None = None

    def note_sequence(self, number: int | None) -> None:
        """Count messages missed before this one; `number` is its sequence number, if known."""
        last, self._sequence = self._sequence, number
        if number is not None and last is not None and self.only_publisher:
            self._statistics.count('missed', max(number - last - 1, 0))

    def receive(self, message: Any, transport: float | None) -> ReceivedMessage:
        """Count a message and add its time of arrival.

        Args:
            message: image or detections.
            transport: seconds from publication to reception, None if unknown.
        """
        received = ReceivedMessage(message, self._clock.now().nanoseconds * 1e-9)
        self._statistics.note_arrival(received.arrived)
        if transport is not None and transport >= 0:
            self._statistics.add('transport', transport)
        return received
