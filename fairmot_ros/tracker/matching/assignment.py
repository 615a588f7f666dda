"""Optimal assignment of tracks to detections, in which a pair must cost less than a threshold."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, min_weight_full_bipartite_matching

from fairmot_ros.tracker.matching.candidate_pairs import CandidatePairs, Indices

try:
    import lap
except ImportError:  # no rosdep key: a plain ROS installation has only SciPy
    lap = None

BACKEND = 'scipy' if lap is None else 'lap'
#: Rows of one dense problem; larger ones take longer than several of this size.
BLOCK = 32
#: Rows and columns above which a problem is solved on its list of pairs instead of a matrix.
SPARSE = 300

Matches = tuple[Indices, Indices]


def assign(pairs: CandidatePairs, threshold: float, backend: str = BACKEND) -> Matches:
    """Match rows and columns at the least total cost.

    An unmatched row or column costs threshold / 2, so a pair that costs the threshold or more is
    never matched. Pairs that share no row and no column with others are matched at once; the
    others fall into connected groups, each with an optimum of its own.

    Two tracks compete for detection 0. Track 0 gives way, because the total of 0.3 + 0.2 is less
    than 0.1 + 0.6:

    >>> import numpy as np
    >>> rows, columns = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    >>> pairs = CandidatePairs(rows, columns, np.array([0.1, 0.3, 0.2, 0.6]))
    >>> rows, columns = assign(pairs, threshold=0.7)
    >>> list(zip(rows.tolist(), columns.tolist()))
    [(0, 1), (1, 0)]

    Below a threshold of 0.3 only one of them is matched:

    >>> rows, columns = assign(pairs, threshold=0.3)
    >>> list(zip(rows.tolist(), columns.tolist()))
    [(0, 0)]

    Args:
        pairs: the candidates, with their costs.
        threshold: see above.
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
    """Split into groups without common rows or columns; small groups are joined."""
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
    """Solve one problem without groups."""
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
    """Solve one large problem with few pairs per row."""
    rows, columns, cost = pairs
    height, width = int(rows.max()) + 1, int(columns.max()) + 1
    # Each row has a column of its own that stands for no match, at the cost of the threshold: an
    # unmatched row and the column that it leaves cost half of that each.
    unmatched = np.arange(height)
    edges = csr_array(
        (
            np.concatenate((cost, np.full(height, threshold))) + 1,  # zeros would be no edges
            (np.concatenate((rows, unmatched)), np.concatenate((columns, width + unmatched))),
        ),
        shape=(height, width + height),
    )
    matched, partners = min_weight_full_bipartite_matching(edges)
    real = (partners < width).nonzero()[0]
    return matched[real].astype(np.int64), partners[real].astype(np.int64)


def _renumbered(numbers: Indices) -> tuple[Indices, Indices]:
    """Return the distinct numbers, rising, and the position of each given one among them."""
    distinct = np.bincount(numbers).nonzero()[0]
    position = np.empty(int(distinct[-1]) + 1, np.int64)
    position[distinct] = np.arange(len(distinct))
    return distinct, position[numbers]


def _assign_lap(cost: NDArray, threshold: float) -> Indices:
    """Return the column of each row, -1 for none."""
    _, columns, _ = lap.lapjv(cost, extend_cost=True, cost_limit=threshold)
    return np.asarray(columns, np.int64)


def _assign_scipy(cost: NDArray, threshold: float) -> Indices:
    """Return the same from a square matrix that includes the costs of unmatched ones."""
    rows, columns = cost.shape
    extended = np.full((rows + columns, rows + columns), threshold / 2)
    extended[rows:, columns:] = 0
    extended[:rows, :columns] = np.where(np.isfinite(cost), cost, 1e6)
    _, chosen = linear_sum_assignment(extended)
    matched = chosen[:rows]
    return np.where(matched < columns, matched, -1)
