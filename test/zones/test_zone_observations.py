# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tracks and zones in pixels and in metres: one monitor serves both."""

from __future__ import annotations

import numpy as np
import pytest
from make_track import make_track

from benchmarks.moving_camera import MovingCamera, back_and_forth
from fairmot_ros.spatial.camera_view import CameraView
from fairmot_ros.spatial.located import LocatedPeople, LocatedPerson
from fairmot_ros.types import Tracks
from fairmot_ros.zones import EventKind, ZoneMonitor, parse_lines, parse_zones
from fairmot_ros.zones.drawing import draw_zones
from fairmot_ros.zones.observations import observe_in_image, observe_on_floor

WORLD = MovingCamera(back_and_forth)
ZONES = parse_zones(['till: 4,-1 6,-1 6,1 4,1'])
LINES = parse_lines(['gate: 8,2 8,-2'], y_down=False)  # forward: from the left (x < 8) on


def located(
    x: float, y: float, measured: bool = True, seconds: float | None = 0.0
) -> LocatedPeople:
    covariance = np.diag([0.1, 0.02, 0.02, 0.1, 0.1, 0.1]) ** 2
    person = LocatedPerson(
        make_track(7),
        np.array([x, y, 0.85]),
        np.zeros(3),
        covariance,
        np.array([0.5, 1.7]),
        measured,
    )
    view = None
    if seconds is not None:
        view = CameraView(WORLD.camera, WORLD.true_pose(seconds))
    return LocatedPeople('map', True, None, (person,), view)


def test_in_the_image_a_track_is_at_its_feet() -> None:
    found = observe_in_image(Tracks.of([make_track(3, (10, 20, 30, 60))]), margin=0.1)
    assert list(found.positions) == [3]
    assert (found.positions[3].point, found.positions[3].margin) == ((25, 80), pytest.approx(6))
    assert found.outline is not None
    assert found.outline([(1, 2), (3, 4)], True).tolist() == [[1, 2], [3, 4]]


def test_on_the_floor_a_person_is_at_x_and_y_and_doubt_widens_the_margin() -> None:
    found = observe_on_floor(located(5, 0.5), margin=0.1)
    assert found.positions[7].point == (5, 0.5)
    assert found.positions[7].margin == pytest.approx(0.17 + 0.1)


def test_a_predicted_person_stays_where_it_was_observed() -> None:
    assert not observe_on_floor(located(5, 0.5, measured=False), margin=0.1).positions


def test_events_in_metres_and_their_direction() -> None:
    monitor, seen = ZoneMonitor(ZONES, LINES), []
    for second, x in enumerate((3.0, 5.0, 7.0, 9.0, 7.0)):
        positions = observe_on_floor(located(x, 0.5), margin=0.05).positions
        seen += [event.kind for event in monitor.update(positions, float(second))]
    assert seen == [
        EventKind.ENTERED,
        EventKind.LEFT,
        # From (8, 2) to (8, -2), x < 8 is on the right.
        EventKind.CROSSED_BACKWARD,
        EventKind.CROSSED_FORWARD,
    ]


@pytest.mark.parametrize('seconds', [0.0, 1.0, 2.5])
def test_zones_stay_on_the_floor_in_the_image_of_a_moving_camera(seconds: float) -> None:
    canvas = np.full((480, 640, 3), 100, np.uint8)
    observations = observe_on_floor(located(5, 0, seconds=seconds), margin=0.05)
    draw_zones(canvas, ZoneMonitor(ZONES, LINES), observations)
    to_camera = WORLD.true_pose(seconds).inverse()
    for place, shaded in (((5, 0.3, 0), True), ((5, 1.4, 0), False), ((7, -0.5, 0), False)):
        (pixel,) = WORLD.camera.project(to_camera.apply([place])).round().astype(int)
        if (pixel < (640, 480)).all() and (pixel > 0).all():
            assert (canvas[pixel[1], pixel[0]] != 100).any() == shaded, place


def test_a_zone_beside_the_image_has_no_label() -> None:
    canvas = np.full((480, 640, 3), 100, np.uint8)
    beside = parse_zones(['beside: 5,2.65 5.5,3.05 5,2.8'])
    observations = observe_on_floor(located(5, 0, seconds=2.0), margin=0.05)
    assert observations.outline is not None
    assert len(observations.outline(beside[0].corners, True)), 'within the border'
    draw_zones(canvas, ZoneMonitor(beside), observations)
    assert (canvas == 100).all()


def test_the_arrow_of_a_line_on_the_floor_points_forward() -> None:
    (line,) = LINES
    start, tip = line.arrow(0.5)
    assert start == (8, 0) and tip == pytest.approx((7.5, 0))
    assert line.offset(tip) > 0
    (in_image,) = parse_lines(['gate: 8,2 8,-2'])
    assert in_image.arrow(0.5)[1] == pytest.approx((8.5, 0))


def test_without_the_place_of_the_camera_nothing_is_drawn() -> None:
    canvas = np.full((480, 640, 3), 100, np.uint8)
    observations = observe_on_floor(located(5, 0, seconds=None), margin=0.05)
    draw_zones(canvas, ZoneMonitor(ZONES, LINES), observations)
    assert (canvas == 100).all() and observations.positions
