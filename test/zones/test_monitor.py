# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

from collections.abc import Iterable

import pytest

from fairmot_ros.zones import EventKind, Line, Zone, ZoneCounts, ZoneMonitor
from fairmot_ros.zones.monitor import Position

ENTERED, LEFT = EventKind.ENTERED, EventKind.LEFT
FORWARD, BACKWARD = EventKind.CROSSED_FORWARD, EventKind.CROSSED_BACKWARD
SQUARE = Zone('square', ((0, 0), (10, 0), (10, 10), (0, 10)))
GATE = Line('gate', (0, 5), (10, 5))  # from left to right: forward is downwards


def walk(monitor: ZoneMonitor, points: Iterable, margin: float = 0.0) -> list[tuple]:
    """Move track 1 along points, one per second; return time, kind and dwell of the events."""
    return [
        (stamp, event.kind, event.dwell)
        for stamp, point in enumerate(points)
        for event in monitor.update({1: Position(point, margin)}, float(stamp))
    ]


def test_a_visit_is_counted_with_its_dwell() -> None:
    monitor = ZoneMonitor([SQUARE])
    events = walk(monitor, [(-5, 5), (1, 5), (5, 5), (9, 5), (15, 5)])
    assert events == [(1, ENTERED, 0.0), (4, LEFT, 2.0)]
    assert monitor.zone_counts() == [ZoneCounts('square', (), 1, 1, 2.0, 0.0)]


def test_trembling_on_a_border_counts_once() -> None:
    trembling = [(-1, 5), (1, 5), (-1, 5), (1, 5), (3, 5), (-1, 5), (1, 5), (-3, 5)]
    assert len(walk(ZoneMonitor([SQUARE]), trembling)) == 6
    assert walk(ZoneMonitor([SQUARE]), trembling, margin=2.0) == [(4, ENTERED, 0), (7, LEFT, 2.0)]
    across = [(5, 5 + y) for y in (-4, -1, 1, -1, 4, 1, -1, 1)]
    assert walk(ZoneMonitor([], [GATE]), across, margin=2.0) == [(4, FORWARD, 0)]


def test_a_lost_track_stays_inside_until_it_ends() -> None:
    monitor = ZoneMonitor([SQUARE])
    monitor.update({7: Position((5, 5))}, 0.0)
    monitor.update({7: Position((5, 5))}, 1.0)
    assert monitor.update({}, 2.0, lost=[7]) == []
    assert monitor.zone_counts()[0].inside == (7,)
    (event,) = monitor.update({}, 9.0)
    assert (event.kind, event.dwell) == (LEFT, 1.0)
    assert monitor.zone_counts()[0].inside == ()


def test_directions_of_a_line() -> None:
    monitor = ZoneMonitor([], [GATE])
    assert walk(monitor, [(5, 2), (5, 8), (5, 2)]) == [(1, FORWARD, 0), (2, BACKWARD, 0)]
    (counts,) = monitor.line_counts()
    assert (counts.forward, counts.backward) == (1, 1)


def test_passing_beside_a_line_is_no_crossing() -> None:
    assert walk(ZoneMonitor([], [GATE]), [(12, 2), (12, 8), (5, 8), (5, 2)]) == [(3, BACKWARD, 0)]


def test_a_frame_without_an_observation_does_not_hide_a_crossing() -> None:
    monitor = ZoneMonitor([], [GATE])
    monitor.update({1: Position((5, 2))}, 0.0)
    monitor.update({}, 1.0, lost=[1])
    (event,) = monitor.update({1: Position((5, 8))}, 2.0)
    assert event.kind is FORWARD


def test_an_id_that_ended_leaves_no_trace() -> None:
    monitor = ZoneMonitor([], [GATE])
    monitor.update({1: Position((5, 2))}, 0.0)
    monitor.update({}, 1.0)
    assert monitor.update({1: Position((5, 8))}, 2.0) == []


@pytest.mark.parametrize('people', [0, 200])
def test_many_tracks(people: int) -> None:
    monitor = ZoneMonitor([SQUARE], [GATE])
    monitor.update({i: Position((5, 2)) for i in range(people)}, 0.0)
    events = monitor.update({i: Position((5, 8)) for i in range(people)}, 1.0)
    assert len(events) == people
    assert monitor.zone_counts()[0].entered == people
