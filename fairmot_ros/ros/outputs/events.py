# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Output of track events: entered, lost, found and left."""

from __future__ import annotations

from collections.abc import Sequence

from rclpy.node import Node
from std_msgs.msg import Header

from fairmot_ros.msg import TrackEvent, TrackEventArray
from fairmot_ros.ros.conversions.tracks import TrackConverter
from fairmot_ros.ros.outputs.base import FrameResult, Output
from fairmot_ros.types import Track, Tracks

Event = tuple[int, Track]  # kind of TrackEvent, and the track when it was last visible


class EventDetector:
    """Derives events from the differences between the tracks of consecutive frames."""

    def __init__(self) -> None:
        """Start without tracks."""
        self._visible: dict[int, Track] = {}
        self._lost: dict[int, Track] = {}

    def update(self, visible: Tracks, lost: Tracks) -> list[Event]:
        """Return the events of one frame.

        Args:
            visible: tracks matched in the frame.
            lost: unmatched tracks that can still be matched again.
        """
        visible_now = {track.track_id: track for track in visible}
        lost_ids = set(lost.ids.tolist())
        before = {**self._visible, **self._lost}
        events: list[Event] = []
        for track_id, track in visible_now.items():
            if track_id not in before:
                events.append((TrackEvent.ENTERED, track))
            elif track_id in self._lost:
                events.append((TrackEvent.FOUND, track))
        lost_now: dict[int, Track] = {}
        for track_id, track in before.items():
            if track_id in visible_now:
                continue
            if track_id not in lost_ids:
                events.append((TrackEvent.LEFT, track))
                continue
            if track_id in self._visible:
                events.append((TrackEvent.LOST, track))
            lost_now[track_id] = track
        self._visible, self._lost = visible_now, lost_now
        return events

    def reset(self) -> list[Event]:
        """Drop all tracks; return their LEFT events."""
        return self.update(Tracks.of([]), Tracks.of([]))


class EventOutput(Output):
    """Publishes `~/events` for frames with at least one event."""

    stage = 'events'

    def __init__(self, node: Node, camera: str) -> None:
        """Create the publisher."""
        super().__init__(node, camera)
        self._events = self._create_publisher(TrackEventArray, 'events')
        self._detector = EventDetector()
        self._last: tuple[Header, TrackConverter] | None = None

    def publish(self, result: FrameResult) -> None:
        """Publish the events of a frame, if any."""
        self._last = (result.header, result.converter)
        self._publish_events(self._detector.update(result.visible, result.lost))

    def reset(self) -> None:
        """Publish a LEFT event for each track, with the header of the last frame."""
        self._publish_events(self._detector.reset())

    def _publish_events(self, events: Sequence[Event]) -> None:
        if events and self._last is not None:
            header, converter = self._last
            self._events.publish(
                TrackEventArray(
                    header=header, events=[converter.event(kind, track) for kind, track in events]
                )
            )
