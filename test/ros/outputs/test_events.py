import numpy as np
import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
from fairmot_ros.msg import TrackEvent
from fairmot_ros.ros.outputs.events import EventDetector
from fairmot_ros.types import Track, Tracks, TrackState

ENTERED, LOST, FOUND, LEFT = (
    TrackEvent.ENTERED,
    TrackEvent.LOST,
    TrackEvent.FOUND,
    TrackEvent.LEFT,
)


def tracks(*ids: int) -> Tracks:
    return Tracks.of(
        Track(
            i,
            np.array([10.0, 20.0, 30.0, 60.0]),
            0.9,
            0,
            np.zeros(2),
            np.eye(4),
            None,
            TrackState.TRACKED,
            3,
            1.0,
            0.0,
        )
        for i in ids
    )


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
