# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tracks of one camera, each frame with the positions that another topic brings."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Any

from rclpy.node import Node

from fairmot_ros.msg import TrackArray, TrackPositionArray
from fairmot_ros.ros.inputs.subscription import InputSubscription

TRACKS, POSITIONS = '/tracks', '/positions'
#: Messages that wait for the executor, and frames that wait for their positions.
DEPTH = 20
#: Seconds that a frame waits for its positions, where they are published.
PATIENCE = 0.1

Stamp = tuple[int, int]
#: Called with the source, the tracks of a frame and their positions, if there are any.
Deliver = Callable[['TrackSource', TrackArray, 'TrackPositionArray | None'], None]


class TrackSource:
    """Subscriptions to the tracks and positions of one camera.

    Attributes:
        name: topic of the tracks without `/tracks`; names the source in messages.
        received: number of frames received.
        last_arrival: time of the last frame, or of the subscription; steady clock, seconds.
        missing: whether no frame has arrived for long; kept by the node.
    """

    def __init__(
        self, node: Node, topic: str, reliability: str, deliver: Deliver, *, positions: bool
    ) -> None:
        """Subscribe.

        Args:
            node: creates the subscriptions.
            topic: resolved topic of the tracks.
            reliability: see `InputSubscription`.
            deliver: called with each frame, in the order of reception.
            positions: whether to subscribe to the positions as well.

        Raises:
            ValueError: if a `qos_overrides` parameter has an unknown value.
        """
        self.name = topic.removesuffix(TRACKS)
        self.received = 0
        self.last_arrival = time.perf_counter()
        self.missing = False
        self._deliver = deliver
        self._waiting: deque[tuple[TrackArray, float]] = deque()
        self._places: dict[Stamp, TrackPositionArray] = {}
        self._tracks = InputSubscription(
            node, [(topic, TrackArray)], self._on_tracks, reliability, topic, DEPTH
        )
        self._positions: InputSubscription | None = None
        if positions:
            beside = self.name + POSITIONS
            self._positions = InputSubscription(
                node,
                [(beside, TrackPositionArray)],
                self._on_positions,
                reliability,
                beside,
                DEPTH,
            )
        self._expects_positions = False
        self.follow_publishers()

    @property
    def topic(self) -> str:
        """Topic of the tracks."""
        return self._tracks.topic

    @property
    def publishers(self) -> int:
        """Number of publishers of the tracks."""
        return len(self._tracks.publishers())

    def follow_publishers(self) -> None:
        """Adapt the subscriptions to the publishers; call it about once per second."""
        self._tracks.follow_publishers()
        if self._positions is not None:
            self._positions.follow_publishers()
            self._expects_positions = bool(self._positions.publishers())

    def flush(self) -> None:
        """Deliver the frames whose positions have arrived, or did not arrive in time."""
        while self._waiting:
            message, arrival = self._waiting[0]
            stamp = _stamp(message)
            place = self._places.pop(stamp, None)
            if place is None and self._expects_positions:
                overtaken = any(other > stamp for other in self._places)
                patient = time.perf_counter() - arrival < PATIENCE
                if patient and not overtaken and len(self._waiting) <= DEPTH:
                    return
            self._waiting.popleft()
            self._deliver(self, message, place)

    def destroy(self) -> None:
        """Destroy the subscriptions."""
        self._tracks.destroy()
        if self._positions is not None:
            self._positions.destroy()

    def _on_tracks(self, message: TrackArray, info: dict[str, Any]) -> None:
        self.received += 1
        self.last_arrival = time.perf_counter()
        self._waiting.append((message, self.last_arrival))
        self.flush()

    def _on_positions(self, message: TrackPositionArray, info: dict[str, Any]) -> None:
        self._expects_positions = True
        self._places[_stamp(message)] = message
        while len(self._places) > DEPTH:
            del self._places[next(iter(self._places))]
        self.flush()


def published_tracks(node: Node) -> list[str]:
    """Return the topics of type TrackArray that have publishers."""
    return sorted(
        topic
        for topic, types in node.get_topic_names_and_types()
        if 'fairmot_ros/msg/TrackArray' in types and node.count_publishers(topic)
    )


def _stamp(message: TrackArray | TrackPositionArray) -> Stamp:
    return message.header.stamp.sec, message.header.stamp.nanosec
