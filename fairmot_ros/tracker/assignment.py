"""Optimal assignment of tracks to detections with a price for staying alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from fairmot_ros.tracker.pairs import Pairs, Rows

try:
    import lap
except ImportError:  # no rosdep key: a plain ROS installation has only SciPy
    lap = None

BACKEND = 'scipy' if lap is None else 'lap'
BLOCK = 32  # rows of one dense problem: larger ones cost more than several of them

Matches = tuple[Rows, Rows]


def assign(pairs: Pairs, limit: float, backend: str = BACKEND) -> Matches:
    """Match rows and columns at the least total cost.

    A row or column that stays alone costs limit / 2, so a pair that costs the limit or more
    is never worth matching. Pairs that share no row and no column with others are matched at
    once; the others fall into connected groups, each with an optimum of its own.

    Args:
        pairs: the allowed ones.
        limit: see above.
        backend: 'lap' (Jonker-Volgenant) or 'scipy'; both find the same optimum.

    Returns:
        Rows and columns of the matches, in the order of the rows.
    """
    if len(pairs.rows):
        pairs = pairs.only(pairs.cost < limit)
    rows, columns, _ = pairs
    if not len(rows):
        return rows, columns
    contested = (np.bincount(rows)[rows] > 1) | (np.bincount(columns)[columns] > 1)
    if not contested.any():
        return rows, columns
    chosen = [(rows[~contested], columns[~contested])]
    chosen += [_solve(block, limit, backend) for block in _blocks(pairs.only(contested))]
    matched_rows, matched_columns = (np.concatenate(part) for part in zip(*chosen))
    order = matched_rows.argsort()
    return matched_rows[order], matched_columns[order]


def _blocks(pairs: Pairs) -> list[Pairs]:
    """Split into groups without common rows or columns, small ones together."""
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
        Pairs(*(part[chosen] for part in pairs))
        for chosen in np.split(order, ends[:-1])
        if len(chosen)
    ]


def _solve(pairs: Pairs, limit: float, backend: str) -> Matches:
    """Solve one dense problem."""
    row_names, rows = _numbered(pairs.rows)
    column_names, columns = _numbered(pairs.columns)
    cost = np.full((len(row_names), len(column_names)), np.inf)
    cost[rows, columns] = pairs.cost
    solve = _assign_lap if backend == 'lap' else _assign_scipy
    partners = solve(cost, limit)
    matched = (partners >= 0).nonzero()[0]
    return row_names[matched], column_names[partners[matched]]


def _numbered(names: Rows) -> tuple[Rows, Rows]:
    """Return the distinct names, rising, and the place of each given one among them."""
    distinct = np.bincount(names).nonzero()[0]
    place = np.empty(int(distinct[-1]) + 1, np.int64)
    place[distinct] = np.arange(len(distinct))
    return distinct, place[names]


def _assign_lap(cost: NDArray, limit: float) -> Rows:
    """Return the column of each row, -1 for none."""
    _, columns, _ = lap.lapjv(cost, extend_cost=True, cost_limit=limit)
    return np.asarray(columns, np.int64)


def _assign_scipy(cost: NDArray, limit: float) -> Rows:
    """The same problem written out: a square matrix with the price of being alone."""
    rows, columns = cost.shape
    extended = np.full((rows + columns, rows + columns), limit / 2)
    extended[rows:, columns:] = 0
    extended[:rows, :columns] = np.where(np.isfinite(cost), cost, 1e6)
    _, chosen = linear_sum_assignment(extended)
    matched = chosen[:rows]
    return np.where(matched < columns, matched, -1)
