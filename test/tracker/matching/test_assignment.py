# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Assignment: optimality, threshold and both backends."""

import itertools

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from fairmot_ros.tracker.matching.assignment import assign
from fairmot_ros.tracker.matching.candidate_pairs import CandidatePairs

BACKENDS = ('lap', 'scipy')


def total(cost: np.ndarray, threshold: float, rows: np.ndarray, columns: np.ndarray) -> float:
    unmatched = sum(cost.shape) - 2 * len(rows)
    return cost[rows, columns].sum() + unmatched * threshold / 2


def as_pairs(cost: np.ndarray) -> CandidatePairs:
    rows, columns = np.isfinite(cost).nonzero()
    return CandidatePairs(rows, columns, cost[rows, columns])


def brute_force_cost(cost: np.ndarray, threshold: float) -> float:
    rows, columns = cost.shape
    best = np.inf
    for count in range(min(rows, columns) + 1):
        for some in itertools.combinations(range(rows), count):
            for order in itertools.permutations(range(columns), count):
                best = min(best, total(cost, threshold, np.array(some, int), np.array(order, int)))
    return best


@pytest.mark.parametrize('backend', BACKENDS)
@pytest.mark.parametrize('shape', [(1, 1), (2, 4), (4, 2), (4, 4), (1, 5)])
def test_total_cost_is_optimal(shape: tuple[int, int], backend: str) -> None:
    if backend == 'lap':
        pytest.importorskip('lap')
    rng = np.random.default_rng(0)
    for _ in range(40):
        cost = rng.uniform(0, 1, shape)
        cost[rng.random(shape) < 0.2] = np.inf
        rows, columns = assign(as_pairs(cost), 0.6, backend)
        assert (np.diff(rows) > 0).all()
        assert len(set(columns.tolist())) == len(columns)
        assert (cost[rows, columns] < 0.6).all()
        assert total(cost, 0.6, rows, columns) == pytest.approx(brute_force_cost(cost, 0.6))


def test_both_backends_agree() -> None:
    pytest.importorskip('lap')
    rng = np.random.default_rng(1)
    for _ in range(200):
        cost = rng.uniform(0, 1, rng.integers(1, 40, 2))
        cost[rng.random(cost.shape) < rng.uniform(0, 0.9)] = np.inf
        threshold = rng.uniform(0.1, 0.9)
        first, second = (assign(as_pairs(cost), threshold, backend) for backend in BACKENDS)
        assert np.array_equal(first[0], second[0])
        assert np.array_equal(first[1], second[1])


@pytest.mark.parametrize('shape', [(0, 0), (0, 3), (3, 0)])
def test_empty_cost_gives_no_matches(shape: tuple[int, int]) -> None:
    rows, columns = assign(as_pairs(np.zeros(shape)), 0.5)
    assert len(rows) == len(columns) == 0


def test_pair_that_costs_the_threshold_is_not_matched() -> None:
    rows, _ = assign(as_pairs(np.array([[0.5]])), 0.5)
    assert len(rows) == 0


def test_blocks_have_the_optimum_of_the_whole() -> None:
    """Sparse pairs are solved in blocks; compare with one dense problem of all pairs."""
    rng = np.random.default_rng(2)
    for size in (5, 40, 150):
        cost = rng.uniform(0, 1, (size, size + 7))
        cost[rng.random(cost.shape) > 2.5 / size] = np.inf
        rows, columns = assign(as_pairs(cost), 0.8)
        extended = np.full((2 * size + 7,) * 2, 0.4)
        extended[size:, size + 7 :] = 0
        extended[:size, : size + 7] = np.where(np.isfinite(cost), cost, 1e6)
        best = extended[linear_sum_assignment(extended)].sum()
        assert (np.diff(rows) > 0).all()
        assert total(cost, 0.8, rows, columns) == pytest.approx(best)
