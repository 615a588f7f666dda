# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
from make_track import make_track

from fairmot_ros.msg import TrackEvent
from fairmot_ros.ros.outputs.events import EventDetector
from fairmot_ros.types import Tracks

ENTERED, LOST, FOUND, LEFT = (
    TrackEvent.ENTERED,
    TrackEvent.LOST,
    TrackEvent.FOUND,
    TrackEvent.LEFT,
)


def tracks(*ids: int) -> Tracks:
    return Tracks.of(make_track(i) for i in ids)


def test_events_from_entering_to_leaving() -> None:
    detector = EventDetector()

    def step(visible: tuple[int, ...], lost: tuple[int, ...]) -> list[tuple[int, int]]:
        events = detector.update(tracks(*visible), tracks(*lost))
        return [(kind, track.track_id) for kind, track in events]

    assert step((1, 2), ()) == [(ENTERED, 1), (ENTERED, 2)]
    assert step((1, 2), ()) == []
    assert step((1,), (2,)) == [(LOST, 2)]
    assert step((1,), (2,)) == [], 'LOST is reported once'
    assert step((1, 2, 3), ()) == [(FOUND, 2), (ENTERED, 3)]
    assert step((1, 3), ()) == [(LEFT, 2)], 'removed without being lost first'
    assert step((1,), (3,)) == [(LOST, 3)]
    assert step((1,), ()) == [(LEFT, 3)]
    assert [(kind, track.track_id) for kind, track in detector.reset()] == [(LEFT, 1)]
    assert detector.reset() == []
