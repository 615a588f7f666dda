# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Many boxes at one place: exact up to a number, then approximate in nearly linear time."""

from __future__ import annotations

import numpy as np
import pytest

from fairmot_ros.tracker import Tracker, TrackerConfig
from fairmot_ros.tracker.embeddings import unit_length
from fairmot_ros.tracker.matching import candidate_pairs
from fairmot_ros.tracker.matching.assignment import SPARSE, _solve_sparse, assign
from fairmot_ros.tracker.matching.candidate_pairs import (
    CROWDED,
    NEAREST,
    CandidatePairs,
    appearance_distance,
    nearest,
    overlapping,
    similar,
)
from fairmot_ros.types import Detections

RNG = np.random.default_rng(0)


def boxes_around_origin(count: int, spread: float) -> np.ndarray:
    """Return boxes_xyxy [count, 4] whose corners are spread around the origin."""
    corner = RNG.normal(0, spread, (count, 2))
    return np.concatenate((corner, corner + np.array((40, 120))), axis=1)


def detections(boxes: np.ndarray, embeddings: np.ndarray | None = None) -> Detections:
    return Detections(boxes, np.full(len(boxes), 0.9), embeddings)


def brute_force(a: np.ndarray, b: np.ndarray, count: int) -> set[tuple[int, int]]:
    distance = np.linalg.norm(a.T[:, None] - b.T[None], axis=2)
    of_a, of_b = distance.argsort(1)[:, :count], distance.argsort(0)[:count].T
    return {(i, j) for i, row in enumerate(of_a.tolist()) for j in row} | {
        (i, j) for j, row in enumerate(of_b.tolist()) for i in row
    }


@pytest.mark.parametrize(('n', 'm', 'count'), [(40, 60, 8), (60, 5, 8), (1, 30, 3), (1, 1, 8)])
def test_nearest_pairs_match_brute_force(n: int, m: int, count: int) -> None:
    a, b = RNG.normal(0, 9, (4, n)), RNG.normal(0, 9, (4, m))
    rows, columns = nearest(a, b, count)
    assert set(zip(rows.tolist(), columns.tolist())) == brute_force(a, b, count)
    assert len(rows) == len(brute_force(a, b, count))
    assert (np.diff(rows) >= 0).all()


def test_boxes_at_the_same_place_have_different_neighbours() -> None:
    same = np.zeros((4, 500))
    rows, columns = nearest(same, same, NEAREST)
    assert set(zip(range(500), range(500))) <= set(zip(rows.tolist(), columns.tolist()))


def test_all_pairs_are_candidates_up_to_the_documented_number() -> None:
    boxes = boxes_around_origin(362, 1.0).T
    assert 362**2 <= CROWDED < 363**2
    assert len(overlapping(boxes, boxes, exact=False).rows) == 362**2
    larger = boxes_around_origin(400, 1.0).T
    assert len(overlapping(larger, larger).rows) == 400**2
    rows, columns, cost = overlapping(larger, larger, exact=False)
    assert 400 * NEAREST <= len(rows) <= 2 * 400 * NEAREST
    assert (cost[rows == columns] == 0).all()
    assert (rows == columns).sum() == 400


def test_candidate_pairs_overlap_when_crowded() -> None:
    boxes = np.concatenate(
        (boxes_around_origin(500, 1.0), boxes_around_origin(3, 1.0) + 1000, [[300, 0, 301, 1]])
    ).T
    rows, columns, cost = overlapping(boxes, boxes[:, :501], exact=False)
    assert (cost < 1).all()
    assert set(rows[rows >= 500].tolist()) == {500, 501, 502}
    assert set(columns[rows >= 500].tolist()) == {500}


@pytest.mark.parametrize('threshold', [0.3, 0.9])
@pytest.mark.parametrize(('n', 'm'), [(SPARSE + 20, SPARSE + 90), (SPARSE + 90, SPARSE + 20)])
def test_sparse_and_dense_assignment_have_the_same_optimum(
    n: int, m: int, threshold: float
) -> None:
    rows, columns = nearest(RNG.normal(0, 9, (2, n)), RNG.normal(0, 9, (2, m)), 6)
    pairs = CandidatePairs(rows, columns, RNG.uniform(0, 1, len(rows)))
    pairs = pairs.only(pairs.cost < threshold)
    cost = {(r, c): w for r, c, w in zip(*(part.tolist() for part in pairs))}

    def gain(matches: tuple[np.ndarray, np.ndarray]) -> float:
        found = list(zip(*(part.tolist() for part in matches)))
        assert len({r for r, _ in found}) == len({c for _, c in found}) == len(found)
        return sum(threshold - cost[pair] for pair in found)

    from fairmot_ros.tracker.matching import assignment

    sparse = gain(_solve_sparse(pairs, threshold))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(assignment, 'SPARSE', 10_000)
        dense = gain(assign(pairs, threshold))
    assert sparse == pytest.approx(dense, abs=1e-9)
    assert gain(assign(pairs, threshold)) == pytest.approx(dense, abs=1e-9)


def test_sparse_assignment_with_zero_costs() -> None:
    numbers = np.arange(SPARSE + 50)
    twice = CandidatePairs(
        numbers.repeat(2),
        np.stack((numbers, numbers[::-1]), 1).ravel(),
        np.zeros(2 * len(numbers)),
    )
    rows, columns = _solve_sparse(twice, 0.5)
    assert len(set(rows.tolist())) == len(set(columns.tolist())) == len(numbers)


def test_appearance_distance_in_chunks() -> None:
    tracks, found = (RNG.normal(size=(300, 16)).astype(np.float32) for _ in range(2))
    rows, columns = (part.ravel() for part in np.mgrid[:300, :300])
    pairs = CandidatePairs(rows, columns, np.zeros(90_000))
    whole = np.maximum(0, 1 - np.einsum('kd,kd->k', tracks[rows], found[columns]).astype(float))
    assert np.array_equal(appearance_distance(pairs, tracks, found), whole)


@pytest.mark.parametrize('cosines', [100, 2**20])
def test_similar_pairs_in_blocks(cosines: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(candidate_pairs, 'COSINES', cosines)
    tracks, found = (unit_length(RNG.normal(size=(60, 4)).astype(np.float32)) for _ in range(2))
    rows, columns = np.arange(0, 60, 2), np.arange(5, 60)
    pairs = similar(rows, columns, tracks, found, 0.2)
    all_rows, all_columns = (part.ravel() for part in np.meshgrid(rows, columns, indexing='ij'))
    every = CandidatePairs(all_rows, all_columns, np.zeros(len(all_rows)))
    distance = appearance_distance(every, tracks, found)
    expected = CandidatePairs(all_rows, all_columns, distance).only(distance <= 0.2)
    assert 0 < len(expected.rows) < len(all_rows)
    for part, right in zip(pairs, expected):
        assert np.array_equal(part, right)
    assert len(similar(rows[:0], columns[:0], tracks, found, 0.2).rows) == 0


@pytest.mark.parametrize('with_embeddings', [False, True])
@pytest.mark.parametrize('spread', [0.0, 3.0])
def test_large_crowd_is_tracked(spread: float, with_embeddings: bool) -> None:
    count = 2000
    embeddings = RNG.normal(size=(count, 16)) if with_embeddings else None
    tracker, boxes = (
        Tracker(TrackerConfig(max_detections=count)),
        boxes_around_origin(count, spread),
    )
    for frame in range(5):
        tracks = tracker.update(detections(boxes, embeddings), frame / 10)
    assert len(tracks) == count
    assert tracks.ids.max() == count, 'no track was spawned twice'


def test_crowd_does_not_change_distant_tracks() -> None:
    crowd = boxes_around_origin(1500, 2.0)
    left = 900.0 + 200 * np.arange(5)
    people = np.stack((left, np.zeros(5), left + 60, np.full(5, 160.0)), axis=1)
    tracker, alone = Tracker(TrackerConfig(max_detections=5000)), Tracker()
    for frame in range(6):
        walking = people + 6 * frame
        tracks = tracker.update(detections(np.concatenate((walking, crowd))), frame / 10)
        expected = alone.update(detections(walking), frame / 10)
        assert np.array_equal(tracks.ids[:5], expected.ids)
        assert np.allclose(tracks.boxes_xywh[:5], expected.boxes_xywh)
