# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

import numpy as np

from fairmot_ros.identities import AssignmentState, IdentityResolver, Observation, SourceFrame


def embedding(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=16)


def frame(source: str, stamp: float, *people: tuple[int, int, tuple[float, float]]) -> SourceFrame:
    """Make a frame of (track id, seed of the embedding, position)."""
    box, covariance = [0, 0, 50, 100], 0.01 * np.eye(2)
    seen = [Observation(t, box, embedding(seed), at, covariance) for t, seed, at in people]
    return SourceFrame(source, stamp, 'model', tuple(seen))


def test_tracks_at_one_place_get_one_id_and_others_get_their_own() -> None:
    resolver = IdentityResolver()
    for step in range(30):
        stamp = step / 10
        resolver.update(frame('a', stamp, (1, 0, (0, stamp)), (2, 1, (5, stamp))))
        found = resolver.update(frame('b', stamp, (8, 1, (5.1, stamp)), (9, 0, (0.1, stamp))))
    ids = {(a.source, a.track_id): a.global_id for a in resolver.assignments()}
    assert ids['a', '1'] == ids['b', '9'] != ids['a', '2'] == ids['b', '8']
    assert [a.state for a in found] == [AssignmentState.MATCHED] * 2


def test_embeddings_of_another_model_are_not_compared() -> None:
    resolver = IdentityResolver()
    for step in range(10):
        seen = Observation(1, [0, 0, 50, 100], embedding(0))
        (first,) = resolver.update(SourceFrame('a', step / 10, 'one', (seen,)))
    for step in range(10, 20):
        (same,) = resolver.update(SourceFrame('b', step / 10, 'one', (seen,)))
        (other,) = resolver.update(SourceFrame('c', step / 10, 'two', (seen,)))
    assert first.global_id == same.global_id != other.global_id > 0


def test_counts_are_those_of_the_list() -> None:
    resolver = IdentityResolver()

    def check(expected: tuple[int, int, int]) -> None:
        listed = resolver.identities()
        named, visible = (
            sum(map(bool, values)) for values in zip(*((i.name, i.tracks) for i in listed))
        )
        assert resolver.counts() == (len(listed), named, visible) == expected

    for step in range(20):
        people = (1, 0, (0.0, 0.0)), (2, 1, (5.0, 0.0)), (3, 2, (10.0, 0.0))
        found = resolver.update(frame('a', step / 10, *people))
    check((3, 0, 3))
    resolver.enrol('Anna', global_id=found[0].global_id)
    resolver.enrol('Ben', embeddings=embedding(9), model='model')
    check((4, 2, 3))
    resolver.split('a', '2')
    resolver.forget('Anna')
    check((4, 1, 2))
    resolver.maintain(1000.0)
    check((4, 1, 0))
