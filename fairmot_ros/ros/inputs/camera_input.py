"""The executor's side of one camera: count arriving messages and pass them on."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from rclpy.clock import Clock

from fairmot_ros.ros.health.statistics import Statistics


@dataclass(frozen=True)
class ReceivedMessage:
    """A message on its way to the worker.

    Attributes:
        message: the image, or the detections.
        received: the node's clock at its arrival, seconds.
        arrived: the same moment on the steady clock.
    """

    message: Any
    received: float
    arrived: float = field(default_factory=time.perf_counter)


class CameraInput:
    """Used by the thread of the executor alone.

    Attributes:
        only_publisher: whether the topic has a single publisher, so that gaps in the publisher's
            numbers are lost messages.
    """

    def __init__(self, statistics: Statistics, clock: Clock) -> None:
        """Start before the first message."""
        self.only_publisher = True
        self._statistics = statistics
        self._clock = clock
        self._sequence: int | None = None

    def note_sequence(self, number: int | None) -> None:
        """Count messages that were sent and never received, by the publisher's numbers."""
        last, self._sequence = self._sequence, number
        if number is not None and last is not None and self.only_publisher:
            self._statistics.count('missed', max(number - last - 1, 0))

    def receive(self, message: Any, transport: float | None) -> ReceivedMessage:
        """Count a message.

        Args:
            message: as subscribed.
            transport: seconds from its publication to its reception, None if unknown.
        """
        received = ReceivedMessage(message, self._clock.now().nanoseconds * 1e-9)
        self._statistics.note_arrival(received.arrived)
        if transport is not None and transport >= 0:
            self._statistics.add('transport', transport)
        return received
