# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""A robot drives past people; detections, depth and tf give where they stand."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.moving_camera import TALL, WIDE, MovingCamera, back_and_forth, turn
from benchmarks.positions import drive
from benchmarks.walks import standing
from fairmot_ros.spatial.people_filter import PeopleFilter
from fairmot_ros.tracker import Tracker, TrackerConfig
from fairmot_ros.types import Detections

RATE = 30  # frames per second


@pytest.mark.parametrize(('rate', 'seed'), [(30, 0), (30, 1), (10, 0), (10, 1), (10, 2)])
@pytest.mark.parametrize(
    ('place', 'seconds'), [((5.0, 0.0), 6.0), ((8.0, 0.5), 8.0), ((6.0, -0.5), 6.0)]
)
def test_a_standing_person_stands_still_while_the_camera_drives_and_turns(
    place: tuple[float, float], seconds: float, rate: int, seed: int
) -> None:
    errors, ids = [], set()
    for time, located in drive(back_and_forth, standing(*place), seconds, seed, rate=rate):
        ids.update(person.track.track_id for person in located)
        if time >= 2.0:
            (person,) = located
            assert person.measured and person.velocity is not None
            error = np.hstack((person.position - (*place, TALL / 2), person.velocity))
            errors.append((np.linalg.norm(error[:3]), np.linalg.norm(error[3:])))
            np.testing.assert_allclose(person.size, (WIDE, TALL), rtol=0.15)
    assert len(ids) == 1
    assert np.max(errors, axis=0)[0] < 0.2
    assert np.max(errors, axis=0)[1] < 0.1


def test_who_leaves_the_image_is_predicted_until_the_track_ends() -> None:
    measured, predicted = [], []
    for _, located in drive(turn, standing(3.0, 1.0), seconds=6.0):
        for person in located:
            (measured if person.measured else predicted).append(person)
    assert len(measured) > RATE and len(predicted) > RATE / 2
    deviation = [np.sqrt(np.linalg.eigvalsh(p.covariance[:3, :3])[-1]) for p in predicted]
    assert deviation == sorted(deviation) and deviation[-1] <= 1.0
    for person, spread in zip(predicted, deviation):
        assert np.linalg.norm(person.position - (3, 1, TALL / 2)) < 0.2 + 3 * spread
        np.testing.assert_allclose(person.size, (WIDE, TALL), rtol=0.2)


def test_without_transforms_nobody_is_located_at_first() -> None:
    for time, located in drive(back_and_forth, standing(5.0, 0.0), seconds=2.0, tf_from=1.0):
        assert bool(located) == (time >= 1.0)


def test_a_missing_transform_is_bridged() -> None:
    world, people = MovingCamera(back_and_forth), PeopleFilter()
    track = Tracker(TrackerConfig())
    visible = track.update(Detections([[300, 150, 340, 330]], [0.9]), 0.0)
    point, noise, size = np.array([[0, 0, 4.0]]), np.eye(3)[None] * 0.01, np.array([[0.5, 1.7]])
    (first,) = people.update(0.0, visible, track.lost, point, noise, size, world.true_pose(0.0))
    (second,) = people.update(0.05, visible, track.lost, point, noise, size, None)
    assert first.measured and not second.measured
    np.testing.assert_allclose(second.position, first.position)
    people.reset()
    assert people.update(0.1, visible, track.lost, point, noise, size, None) == []
