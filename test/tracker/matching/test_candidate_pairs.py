# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Candidate pairs, compared with a test of every pair; test_crowd.py has the approximation."""

from __future__ import annotations

import numpy as np
import pytest

from fairmot_ros.tracker.matching import candidate_pairs
from fairmot_ros.tracker.matching.candidate_pairs import (
    CandidatePairs,
    intersecting,
    of_one_class,
    overlapping,
    reference_appearance_distance,
    similar,
    within_gate,
)

PairSet = list[tuple[int, int]]


def as_list(rows: np.ndarray, columns: np.ndarray) -> PairSet:
    return list(zip(rows.tolist(), columns.tolist()))


def rectangles(count: int, seed: int) -> np.ndarray:
    """Return corners [4, count] in whole pixels, so that many rectangles just touch."""
    rng = np.random.default_rng(seed)
    low = rng.integers(0, 30, (2, count))
    return np.concatenate((low, low + rng.integers(1, 6, (2, count)))).astype(np.float64)


@pytest.mark.parametrize('dense', [0, 4096], ids=['sorted', 'every pair'])
def test_rectangles_that_overlap_or_touch(dense: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(candidate_pairs, 'DENSE', dense)
    a, b = rectangles(40, 0), rectangles(50, 1)
    rows, columns = intersecting(a[:2], a[2:], b[:2], b[2:])
    expected = [
        (i, j)
        for i in range(40)
        for j in range(50)
        if (a[:2, i] <= b[2:, j]).all() and (b[:2, j] <= a[2:, i]).all()
    ]
    assert sorted(as_list(rows, columns)) == expected
    assert (np.diff(rows) >= 0).all()
    touching = [(i, j) for i, j in expected if (a[:2, i] == b[2:, j]).any()]
    assert len(touching) > 5


def test_size_of_overlaps_with_a_pixel_added() -> None:
    """Boxes of 9 x 9 pixels, 1 apart: with a pixel added, they touch without common area."""
    tracks = np.array([[0.0, 0, 9, 9], [5, 0, 14, 9]]).T
    detection = np.array([[10.0, 0, 19, 9]]).T
    pairs = overlapping(tracks, detection, 1.0)
    assert as_list(pairs.rows, pairs.columns) == [(0, 0), (1, 0)]
    assert pairs.cost == pytest.approx([1.0, 1 - 50 / 150])
    pairs = overlapping(tracks, detection)
    assert as_list(pairs.rows, pairs.columns) == [(1, 0)]
    assert pairs.cost == pytest.approx([1 - 36 / 126])


@pytest.mark.parametrize(('gate', 'expected'), [(5.0, [(0, 0)]), (4.75, [])])
def test_pairs_up_to_the_gate(gate: float, expected: PairSet) -> None:
    """Squared distance: (4 - 0)² / 4 + (0 - 0)² / 1 + (3 - 2)² / 1 = 5."""
    positions, variance = np.array([[0.0, 0, 2]]).T, np.array([[4.0, 1, 1]]).T
    measurements = np.array([[4.0, 0, 3], [9.0, 0, 2]]).T
    pairs = within_gate(positions, variance, measurements, gate)
    assert as_list(pairs.rows, pairs.columns) == expected
    assert pairs.cost == pytest.approx([5.0] * len(expected))


def test_pairs_of_one_class() -> None:
    pairs = CandidatePairs(np.array([0, 0, 1]), np.array([0, 1, 1]), np.array([0.1, 0.2, 0.3]))
    chosen = of_one_class(pairs, np.array([3, 4]), np.array([3, 4]))
    assert as_list(chosen.rows, chosen.columns) == [(0, 0), (1, 1)]
    assert chosen.cost.tolist() == [0.1, 0.3]


def test_similar_pairs_up_to_the_largest_distance() -> None:
    tracks = np.array([[1, 0], [0, 1]], np.float32)
    detections = np.array([[0.5, 0.75**0.5], [1, 0]], np.float32)
    numbers = np.arange(2)
    for largest, expected in ((0.5, [(0, 0), (0, 1), (1, 0)]), (0.49, [(0, 1), (1, 0)])):
        pairs = similar(numbers, numbers, tracks, detections, largest)
        assert as_list(pairs.rows, pairs.columns) == expected
    assert pairs.cost == pytest.approx([0.0, 1 - 0.75**0.5], abs=1e-6)


def test_reference_distance_of_embeddings_of_any_length() -> None:
    pairs = CandidatePairs(np.array([0, 1, 2]), np.zeros(3, np.int64), np.zeros(3))
    tracks = np.array([[3, 0], [-2, 0], [0, 0]], np.float32)
    detections = np.array([[6, 8]], np.float32)
    distance = reference_appearance_distance(pairs, tracks, detections)
    assert distance == pytest.approx([0.4, 1.6, 1.0])
    opposite = reference_appearance_distance(pairs.take(np.array([0])), tracks, 2 * tracks)
    assert opposite.tolist() == [0.0]
