"""`~/events`: who came, went out of sight, came back and left."""

from __future__ import annotations

from collections.abc import Sequence

from rclpy.node import Node
from std_msgs.msg import Header

from fairmot_ros.msg import TrackEvent, TrackEventArray
from fairmot_ros.ros.conversions.tracks import TrackConverter
from fairmot_ros.ros.outputs.base import FrameResult, Output
from fairmot_ros.types import Track, Tracks

Event = tuple[int, Track]  # TrackEvent's kind, and the track as it was last seen


class EventDetector:
    """Compares each image's tracks with those of the last one."""

    def __init__(self) -> None:
        """Start with nobody known."""
        self._visible: dict[int, Track] = {}
        self._lost: dict[int, Track] = {}

    def update(self, visible: Tracks, lost: Tracks) -> list[Event]:
        """Return what has changed.

        Args:
            visible: tracks seen now.
            lost: tracks that may still come back.
        """
        seen = {track.track_id: track for track in visible}
        waiting = set(lost.ids.tolist())
        known = {**self._visible, **self._lost}
        events: list[Event] = []
        for track_id, track in seen.items():
            if track_id not in known:
                events.append((TrackEvent.ENTERED, track))
            elif track_id in self._lost:
                events.append((TrackEvent.FOUND, track))
        gone: dict[int, Track] = {}
        for track_id, track in known.items():
            if track_id in seen:
                continue
            if track_id not in waiting:
                events.append((TrackEvent.LEFT, track))
                continue
            if track_id in self._visible:
                events.append((TrackEvent.LOST, track))
            gone[track_id] = track
        self._visible, self._lost = seen, gone
        return events

    def forget(self) -> list[Event]:
        """Everybody leaves at once."""
        return self.update(Tracks.of([]), Tracks.of([]))


class EventOutput(Output):
    """Publishes with the images in which something changed."""

    stage = 'events'

    def __init__(self, node: Node, camera: str) -> None:
        """Offer the topic."""
        super().__init__(node, camera)
        self._events = self._create_publisher(TrackEventArray, 'events')
        self._detector = EventDetector()
        self._last: tuple[Header, TrackConverter] | None = None

    def publish(self, result: FrameResult) -> None:
        """Publish the changes, if any."""
        self._last = (result.header, result.converter)
        self._send(self._detector.update(result.visible, result.lost))

    def forget(self) -> None:
        """Say of everybody that they left, with the last image's header."""
        self._send(self._detector.forget())

    def _send(self, events: Sequence[Event]) -> None:
        if events and self._last is not None:
            header, converter = self._last
            self._events.publish(
                TrackEventArray(
                    header=header, events=[converter.event(kind, track) for kind, track in events]
                )
            )
