# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

import numpy as np
import pytest

from fairmot_ros.identities import (
    AssignmentState,
    EventKind,
    IdentitiesConfig,
    IdentityResolver,
    Observation,
    SourceFrame,
)

STEP = 0.1


def look(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=32)


def person(track: int, x: float, y: float, seed: int | None = None) -> Observation:
    embedding = None if seed is None else look(seed)
    return Observation(track, [0, 0, 50, 100], embedding, [x, y], 0.01 * np.eye(2))


def show(resolver: IdentityResolver, source: str, t: float, *seen: Observation) -> list[int]:
    return [a.global_id for a in resolver.update(SourceFrame(source, t, 'net:1', seen))]


def kinds(resolver: IdentityResolver) -> list[str]:
    return [event.kind.name for event in resolver.take_events()]


def test_two_who_turn_out_to_be_one_are_merged() -> None:
    resolver = IdentityResolver()
    for t in np.arange(0.0, 3.0, STEP):  # too far apart at first: a bad first estimate
        (one,) = show(resolver, 'hall', t, person(1, 0.0, t))
        (two,) = show(resolver, 'door', t, person(1, 3.5, t))
    assert one != two and kinds(resolver) == ['CREATED', 'CREATED']
    for t in np.arange(3.0, 20.0, STEP):
        (one,) = show(resolver, 'hall', t, person(1, 0.0, t))
        (two,) = show(resolver, 'door', t, person(1, 0.1, t))
    assert one == two == 1
    (merged,) = resolver.take_events()
    assert (merged.kind, merged.global_id, merged.other) == (EventKind.MERGED, 1, 2)
    assert resolver.find_track('door', 1) == 1


def test_one_who_turns_out_to_be_two_is_split_without_reusing_an_id() -> None:
    resolver = IdentityResolver()
    for t in np.arange(0.0, 4.0, STEP):
        (one,) = show(resolver, 'hall', t, person(1, 0.0, t))
        (two,) = show(resolver, 'door', t, person(1, 0.2, t))
    assert one == two == 1
    resolver.take_events()
    for t in np.arange(4.0, 14.0, STEP):
        (one,) = show(resolver, 'hall', t, person(1, 0.0, t))
        (two,) = show(resolver, 'door', t, person(1, 0.2 + (t - 4.0), t))
    (split,) = resolver.take_events()
    assert (split.kind, split.other) == (EventKind.SPLIT, 1)
    assert {one, two} == {1, 2} and split.global_id == 2
    assert 'see them at different places' in split.reason


def test_two_people_side_by_side_are_told_apart_by_the_camera_that_sees_both() -> None:
    resolver = IdentityResolver()
    for t in np.arange(0.0, 6.0, STEP):
        hall = show(resolver, 'hall', t, person(1, 0.0, t), person(2, 0.7, t))
        door = show(resolver, 'door', t, person(1, 0.75, t), person(2, 0.05, t))
    assert hall == door[::-1] and len(set(hall)) == 2


def test_a_lost_track_that_is_seen_again_beside_its_successor_is_split() -> None:
    resolver = IdentityResolver()
    for t in np.arange(0.0, 2.0, STEP):
        show(resolver, 'hall', t, person(1, 0.0, t))
    for t in np.arange(2.2, 4.0, STEP):  # the same place, a new track
        (second,) = show(resolver, 'hall', t, person(2, 0.0, t))
    assert second == 1
    for t in np.arange(4.0, 6.0, STEP):
        found = show(resolver, 'hall', t, person(1, 0.0, t), person(2, 1.0, t))
    assert sorted(found) == [1, 2]
    assert EventKind.SPLIT in [event.kind for event in resolver.take_events()]


@pytest.mark.parametrize(('distance', 'same'), [(3.0, True), (30.0, False)])
def test_walking_speed_limits_a_match(distance: float, same: bool) -> None:
    resolver = IdentityResolver()
    for t in np.arange(0.0, 2.0, STEP):
        (before,) = show(resolver, 'hall', t, person(1, 1.5 * t, 0.0, seed=1))
    for t in np.arange(4.0, 6.0, STEP):
        (after,) = show(resolver, 'door', t, person(1, 3.0 + distance + 1.5 * (t - 4), 0.0, 1))
    assert (before == after) == same


def test_classes_are_not_mixed() -> None:
    resolver = IdentityResolver()
    for t in np.arange(0.0, 2.0, STEP):
        for source, label in (('hall', 'person'), ('door', 'bicycle')):
            seen = Observation(1, [0, 0, 5, 9], look(1), [0.0, 0.0], 0.01 * np.eye(2), label)
            show(resolver, source, t, seen)
    assert [k.class_id for k in resolver.identities()] == ['person', 'bicycle']


def test_a_restarted_source_that_counts_from_one_again_shows_another_track() -> None:
    resolver = IdentityResolver()
    for t in np.arange(0.0, 2.0, STEP):
        seen = Observation(1, [0, 0, 50, 100], look(1), age=t)
        (first,) = show(resolver, 'hall', t, seen)
    for t in np.arange(0.0, 2.0, STEP):
        seen = Observation(1, [0, 0, 50, 100], look(2), age=t)
        (second,) = show(resolver, 'hall', 10.0 + t, seen)
    assert 0 < first < second


def test_requests_explain_why_they_are_refused() -> None:
    resolver = IdentityResolver()
    for t in np.arange(0.0, 2.0, STEP):
        one, two = show(resolver, 'hall', t, person(1, 0.0, t, 1), person(2, 5.0, t, 2))
    with pytest.raises(ValueError, match='hall saw both at the same time'):
        resolver.merge(one, two)
    with pytest.raises(ValueError, match='no identity has the id 99'):
        resolver.merge(one, 99)
    with pytest.raises(ValueError, match='no track 9 of hall'):
        resolver.split('hall', 9)
    resolver.enrol('Ada', global_id=one)
    with pytest.raises(ValueError, match="1 is enrolled as 'Ada'"):
        resolver.enrol('Max', global_id=one)
    with pytest.raises(ValueError, match="'Ada' is the name of 1"):
        resolver.enrol('Ada', global_id=two)
    with pytest.raises(ValueError, match='neither an id nor an embedding'):
        resolver.enrol('Eve')


def test_a_track_can_be_split_off_and_merged_on_request() -> None:
    resolver = IdentityResolver(IdentitiesConfig(decision_delay=0.0))
    for t in np.arange(0.0, 2.0, STEP):
        (one,) = show(resolver, 'hall', t, person(1, 0.0, t, 1))
    assert resolver.split('hall', 1) == 2
    assert resolver.merge(2, one) == 1
    (assignment,) = resolver.assignments('hall')
    assert (assignment.global_id, assignment.state) == (1, AssignmentState.MATCHED)


def test_by_appearance_alone_a_name_is_found_among_many_but_a_stranger_is_not() -> None:
    resolver = IdentityResolver()

    def pass_by(track: int, seed: int, start: float) -> int:
        for t in np.arange(start, start + 1.0, STEP):
            seen = Observation(track, [0, 0, 50, 100], look(seed))
            (found,) = show(resolver, 'hall', t, seen)
        return found

    met = [pass_by(number, number, 10.0 * number) for number in range(1, 31)]
    assert len(set(met)) == 30
    resolver.enrol('Ada', global_id=met[4])
    assert pass_by(101, 5, 500.0) == met[4]
    assert pass_by(102, 9, 510.0) not in met
