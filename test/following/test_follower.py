# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""A followed person turns, crosses others, leaves and returns: kept, or said to be unsure."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from simulated_people import Path, Person, World, found, look, states

from fairmot_ros.following import FollowState
from fairmot_ros.tracker import TrackerConfig
from fairmot_ros.tracker.gallery import Gallery
from fairmot_ros.types import Tracks

ADA, BOB = look(1), look(2)
TWIN = look(3, like=ADA, share=0.97)


def walks(start: float, speed: float, bottom: float) -> Path:
    """Return a path along the image."""
    return lambda seconds: (start + speed * seconds, bottom)


def standing(x: float, bottom: float, start: float = 0.0, end: float = np.inf) -> Path:
    """Return a path of someone who is there between two times."""
    return lambda seconds: (x, bottom) if start <= seconds < end else None


def crossing(other: np.ndarray, **options: Any) -> World:
    """Ada walks to the right behind another person, who walks to the left and hides her."""
    return World(
        [Person(walks(100, 60, 300), ADA), Person(walks(700, -60, 315), other)], **options
    )


def test_person_who_turns_round_is_kept() -> None:
    ada = Person(walks(100, 20, 300), ADA, turned=lambda t: np.pi / 3 * t)
    steps = World([ada, Person(standing(700, 300), BOB)]).run(8.0, '1')
    assert states(steps) == {'FOUND'} and found(steps) == {0}
    front, back = (ada.embedding(t, np.random.default_rng(0)) for t in (0.0, 3.0))
    assert 1 - front @ back > 0.15, 'both sides look alike: the test shows nothing'


def test_person_crossed_by_someone_else_is_kept() -> None:
    steps = crossing(BOB).run(9.0, '1')
    assert found(steps) == {0}
    assert states(steps, 4.0, 6.0) - {'FOUND'}, 'never hidden: the test shows nothing'
    assert states(steps, 7.0) == {'FOUND'}


def test_person_in_front_is_found_throughout() -> None:
    world = crossing(BOB)
    steps = world.run(9.0, '2')
    assert states(steps) == {'FOUND'} and found(steps) == {1}


def test_tracks_that_swap_their_ids_are_noticed() -> None:
    def swap(stamp: float, tracks: Tracks) -> Tracks:
        if stamp >= 5.0:
            tracks.ids[:] = [{1: 2, 2: 1}.get(i, i) for i in tracks.ids.tolist()]
        return tracks

    steps = crossing(BOB, between=swap).run(9.0, '1')
    assert found(steps) == {0}
    assert steps[-1].status.state is FollowState.FOUND
    assert steps[-1].status.track_id == 2
    assert 'recognised by appearance' in ' '.join(s.status.reason for s in steps)


@pytest.mark.parametrize('swapped', [False, True])
def test_people_who_look_alike_are_not_told_apart_after_a_crossing(swapped: bool) -> None:
    def swap(stamp: float, tracks: Tracks) -> Tracks:
        if swapped and stamp >= 5.0:
            tracks.ids[:] = [{1: 2, 2: 1}.get(i, i) for i in tracks.ids.tolist()]
        return tracks

    steps = crossing(TWIN, between=swap).run(9.0, '1')
    assert found(steps) == {0}
    assert states(steps, 0.0, 3.5) == {'FOUND'}
    assert states(steps, 6.0) == {'UNSURE'}
    assert 'cross' in steps[-1].status.reason or 'resemble' in steps[-1].status.reason


def test_ids_swapped_without_a_crossing_are_noticed() -> None:
    def swap(stamp: float, tracks: Tracks) -> Tracks:
        if stamp >= 3.0:
            tracks.ids[:] = [{1: 2, 2: 1}.get(i, i) for i in tracks.ids.tolist()]
        return tracks

    world = World([Person(standing(100, 300), ADA), Person(standing(400, 300), BOB)], between=swap)
    steps = world.run(6.0, '1')
    assert found(steps) == {0}
    assert 'FOUND' not in states(steps, 3.0, 3.2)


def test_person_who_leaves_for_30_seconds_is_found_again_under_a_new_id() -> None:
    def path(seconds: float) -> tuple[float, float] | None:
        return None if 3.0 <= seconds < 33.0 else (200.0, 300.0)

    others = Person(lambda t: (500.0, 300.0) if t % 10 < 6 else None, BOB)
    steps = World([Person(path, ADA), others]).run(40.0, '1')
    assert found(steps) == {0}
    assert states(steps, 3.0, 33.0) == {'LOST'}
    assert steps[310].status.time_since_found == pytest.approx(28.1)
    assert states(steps, 34.0) == {'FOUND'}
    assert steps[-1].status.track_id not in (0, 1)


@pytest.mark.parametrize(('other', 'state'), [(BOB, 'LOST'), (look(4, ADA, 0.63), 'UNSURE')])
def test_someone_else_at_the_place_where_the_person_left(other: np.ndarray, state: str) -> None:
    people = [
        Person(standing(300, 300, 0.0, 4.0), ADA),
        Person(standing(310, 302, 5.0), other),
    ]
    steps = World(people, TrackerConfig(lost_timeout=2.0)).run(12.0, '1')
    assert found(steps) == {0}
    assert states(steps, 7.0) == {state}


@pytest.mark.parametrize(('hertz', 'state'), [(2.0, 'LOST'), (10.0, 'FOUND')])
def test_sudden_change_of_a_person_alone_counts_at_low_rates(hertz: float, state: str) -> None:
    """At 2 Hz someone else can take the place between two frames; at 10 Hz nobody can."""
    changing = Person(standing(300, 300), ADA)

    def change(stamp: float, tracks: Tracks) -> Tracks:
        changing.appearance = ADA if stamp < 4.0 else BOB
        return tracks

    steps = World([changing], between=change, rate=hertz).run(10.0, '1')
    assert states(steps, 0.0, 4.0) == {'FOUND'}
    assert states(steps, 8.0) == {state}


def test_track_whose_id_changes_is_found_again() -> None:
    def renumber(stamp: float, tracks: Tracks) -> Tracks:
        if stamp >= 3.0:
            tracks.ids[tracks.ids == 1] = 9
        return tracks

    world = World(
        [Person(standing(100, 300), ADA), Person(standing(400, 300), BOB)], between=renumber
    )
    steps = world.run(6.0, '1')
    assert found(steps) == {0}
    assert (steps[-1].status.state, steps[-1].status.track_id) == (FollowState.FOUND, 9)


def test_short_gap_of_a_person_alone_is_bridged() -> None:
    def path(seconds: float) -> tuple[float, float] | None:
        return None if 3.0 <= seconds < 3.3 else (200.0, 300.0)

    steps = World([Person(path, ADA)]).run(6.0, '1')
    assert states(steps, 3.0, 3.3) == {'LOST'}
    assert states(steps, 3.4) == {'FOUND'}


def test_without_embeddings_a_crossing_ends_certainty() -> None:
    steps = crossing(BOB, embeddings=False).run(9.0, '1')
    assert found(steps) <= {0}
    assert states(steps, 0.0, 3.0) == {'FOUND'}
    assert 'FOUND' not in states(steps, 6.0)
    assert 'no embeddings' in steps[-1].status.reason


def test_nearest_is_chosen_once() -> None:
    near = Person(standing(500, 400, 2.0), BOB, height=250)
    world = World([Person(standing(200, 300), ADA), near])
    steps = world.run(6.0, 'nearest')
    assert found(steps) == {0} and states(steps) == {'FOUND'}
    assert found(world.run(1.0, 'nearest', start=6.0)) == {1}


def test_enrolled_person_is_recognised_and_can_be_forgotten() -> None:
    gallery = Gallery(model='model')
    person = Person(standing(200, 300), ADA)
    gallery.enrol('Ada', person.embedding(0.0, np.random.default_rng(5)))
    world = World([Person(standing(500, 300), BOB), person], gallery=gallery)
    steps = world.run(3.0, 'Ada')
    assert found(steps) == {1} and states(steps, 1.0) == {'FOUND'}
    assert {step.status.name for step in steps} == {'Ada'}
    gallery.forget('Ada')
    (last, *_) = world.run(0.1, start=3.0)
    assert last.status.problem == "no person is enrolled as 'Ada'"


def test_name_of_an_enrolled_track_is_taken_at_once() -> None:
    gallery = Gallery(model='model')
    ada = Person(standing(200, 300), ADA)
    world = World([ada], gallery=gallery)
    world.run(1.0)
    gallery.enrol('Ada', ada.embedding(1.0, np.random.default_rng(5)), track_id=1)
    assert states(world.run(1.0, 'Ada', start=1.0)) == {'FOUND'}


@pytest.mark.parametrize(
    ('target', 'problem'),
    [
        ('7', 'no visible track has the id 7'),
        ('Ada', "'Ada' is a name, and names need the gallery: set gallery to true"),
        ('', ''),
    ],
)
def test_person_who_cannot_be_chosen_is_explained(target: str, problem: str) -> None:
    steps = World([Person(standing(200, 300), ADA)]).run(1.0, target)
    assert {step.status.problem for step in steps} == {problem}
    assert states(steps) == {'LOST' if target else 'IDLE'}


def test_reset_leads_to_recognition_by_appearance() -> None:
    world = World([Person(standing(200, 300), ADA), Person(standing(500, 300), BOB)])
    world.run(2.0, '1')
    world.tracker.reset()
    world.follower.reset()
    steps = world.run(2.0, start=2.0)
    assert found(steps) == {0}
    assert steps[0].status.state is not FollowState.FOUND
    assert steps[-1].status.state is FollowState.FOUND
    assert steps[-1].status.track_id > 2


def test_following_someone_else_forgets_the_person() -> None:
    world = World([Person(standing(200, 300), ADA), Person(standing(500, 300), BOB)])
    assert found(world.run(2.0, '1')) == {0}
    assert found(world.run(2.0, '2', start=2.0)) == {1}
    assert len(world.run(0.1, start=4.0)) == 1
