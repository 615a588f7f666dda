# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Optimal assignment of tracks to detections, with an upper threshold on the cost of a pair."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, min_weight_full_bipartite_matching

from fairmot_ros.tracker.matching.candidate_pairs import CandidatePairs, Indices

try:
    import lap
except ImportError:  # lap has no rosdep key, so a plain ROS installation has only SciPy
    lap = None

BACKEND = 'scipy' if lap is None else 'lap'
#: Number of rows up to which small problems are joined; several of this size are faster than a
#: larger one.
BLOCK = 32
#: Number of rows and columns above which a problem is solved on a sparse matrix.
SPARSE = 300

Matches = tuple[Indices, Indices]


def assign(pairs: CandidatePairs, threshold: float, backend: str = BACKEND) -> Matches:
    """Match rows and columns at the lowest total cost.

    An unmatched row or column costs threshold / 2, so a pair that costs the threshold or more is
    never matched. Pairs that share no row and no column with others are matched directly; the
    others are solved separately for each connected component.

    Two tracks compete for detection 0. Track 1 gets it, because the total of 0.3 + 0.2 is lower
    than 0.1 + 0.6:

    >>> import numpy as np
    >>> rows, columns = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    >>> pairs = CandidatePairs(rows, columns, np.array([0.1, 0.3, 0.2, 0.6]))
    >>> rows, columns = assign(pairs, threshold=0.7)
    >>> list(zip(rows.tolist(), columns.tolist()))
    [(0, 1), (1, 0)]

    With a threshold of 0.3, only one pair is matched:

    >>> rows, columns = assign(pairs, threshold=0.3)
    >>> list(zip(rows.tolist(), columns.tolist()))
    [(0, 0)]

    Args:
        pairs: candidate pairs with their cost.
        threshold: pairs must cost less.
        backend: 'lap' (Jonker-Volgenant) or 'scipy'; both find the same optimum.

    Returns:
        Rows and columns of the matches, in the order of the rows.
    """
    if len(pairs.rows):
        pairs = pairs.only(pairs.cost < threshold)
    rows, columns, _ = pairs
    if not len(rows):
        return rows, columns
    contested = np.bincount(rows).take(rows) > 1
    contested |= np.bincount(columns).take(columns) > 1
    if not np.count_nonzero(contested):
        return rows, columns
    alone = pairs.only(~contested)
    chosen = [(alone.rows, alone.columns)]
    chosen += [_solve(block, threshold, backend) for block in _blocks(pairs.only(contested))]
    matched_rows, matched_columns = (np.concatenate(part) for part in zip(*chosen))
    order = matched_rows.argsort()
    return matched_rows.take(order), matched_columns.take(order)


def _blocks(pairs: CandidatePairs) -> list[CandidatePairs]:
    """Split pairs into blocks without common rows or columns; small blocks are joined."""
    rows, columns, _ = pairs
    if len(rows) <= BLOCK:
        return [pairs]
    height, width = int(rows[-1]) + 1, int(columns.max()) + 1
    # The nodes of the graph are the rows, then the columns.
    starts = np.zeros(height + width + 1, np.int32)
    np.cumsum(np.bincount(rows, minlength=height + width), out=starts[1:])
    edges = csr_array(
        (np.ones(len(rows)), columns + height, starts), shape=(height + width, height + width)
    )
    _, labels = connected_components(edges, directed=False)
    label = labels[rows]
    block = np.cumsum(np.bincount(label))[label] // (2 * BLOCK)
    order = block.argsort(kind='stable')
    ends = np.bincount(block)[block[order[:1]][0] :].cumsum()
    return [
        CandidatePairs(*(part[chosen] for part in pairs))
        for chosen in np.split(order, ends[:-1])
        if len(chosen)
    ]


def _solve(pairs: CandidatePairs, threshold: float, backend: str) -> Matches:
    """Solve one block."""
    row_numbers, rows = _renumbered(pairs.rows)
    column_numbers, columns = _renumbered(pairs.columns)
    if min(len(row_numbers), len(column_numbers)) > SPARSE:
        matched, partners = _solve_sparse(CandidatePairs(rows, columns, pairs.cost), threshold)
        return row_numbers[matched], column_numbers[partners]
    cost = np.full((len(row_numbers), len(column_numbers)), np.inf)
    cost[rows, columns] = pairs.cost
    solve = _assign_lap if backend == 'lap' else _assign_scipy
    partners = solve(cost, threshold)
    matched = (partners >= 0).nonzero()[0]
    return row_numbers[matched], column_numbers[partners[matched]]


def _solve_sparse(pairs: CandidatePairs, threshold: float) -> Matches:
    """Solve one large block with few pairs per row."""
    rows, columns, cost = pairs
    height, width = int(rows.max()) + 1, int(columns.max()) + 1
    # An additional column for each row stands for no match. It costs the threshold: half for the
    # unmatched row, half for the column that remains unmatched.
    unmatched = np.arange(height)
    edges = csr_array(
        (
            np.concatenate((cost, np.full(height, threshold)))
            + 1,  # SciPy ignores edges of cost 0
            (np.concatenate((rows, unmatched)), np.concatenate((columns, width + unmatched))),
        ),
        shape=(height, width + height),
    )
    matched, partners = min_weight_full_bipartite_matching(edges)
    real = (partners < width).nonzero()[0]
    return matched[real].astype(np.int64), partners[real].astype(np.int64)


def _renumbered(numbers: Indices) -> tuple[Indices, Indices]:
    """Return the distinct numbers in rising order, and the position of each number in them."""
    distinct = np.bincount(numbers).nonzero()[0]
    position = np.empty(int(distinct[-1]) + 1, np.int64)
    position[distinct] = np.arange(len(distinct))
    return distinct, position[numbers]


def _assign_lap(cost: NDArray, threshold: float) -> Indices:
    """Return the column of each row, -1 if unmatched."""
    _, columns, _ = lap.lapjv(cost, extend_cost=True, cost_limit=threshold)
    return np.asarray(columns, np.int64)


def _assign_scipy(cost: NDArray, threshold: float) -> Indices:
    """Do the same with SciPy, on a square matrix with additional entries for no match."""
    rows, columns = cost.shape
    extended = np.full((rows + columns, rows + columns), threshold / 2)
    extended[rows:, columns:] = 0
    extended[:rows, :columns] = np.where(np.isfinite(cost), cost, 1e6)
    _, chosen = linear_sum_assignment(extended)
    matched = chosen[:rows]
    return np.where(matched < columns, matched, -1)
