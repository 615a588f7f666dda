"""Optimal assignment of tracks to detections with a price for staying alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

try:
    import lap
except ImportError:  # no rosdep key: a plain ROS installation has only SciPy
    lap = None

BACKEND = 'scipy' if lap is None else 'lap'

Matches = tuple[NDArray[np.int64], NDArray[np.int64]]


def assign(cost: NDArray[np.float64], limit: float, backend: str = BACKEND) -> Matches:
    """Match rows and columns at the least total cost.

    A row or column that stays alone costs limit / 2, so a pair that costs the limit or more
    is never worth matching.

    Args:
        cost: [N, M]; infinite where a pair is forbidden.
        limit: see above.
        backend: 'lap' (Jonker-Volgenant) or 'scipy'; both find the same optimum.

    Returns:
        Rows and columns of the matches, in the order of the rows.
    """
    if cost.size == 0 or not (cost < limit).any():
        none = np.zeros(0, np.int64)
        return none, none
    columns = _assign_lap(cost, limit) if backend == 'lap' else _assign_scipy(cost, limit)
    rows = np.flatnonzero(columns >= 0)
    return rows, columns[rows]


def _assign_lap(cost: NDArray, limit: float) -> NDArray[np.int64]:
    """Return the column of each row, -1 for none."""
    _, columns, _ = lap.lapjv(cost, extend_cost=True, cost_limit=limit)
    return columns.astype(np.int64)


def _assign_scipy(cost: NDArray, limit: float) -> NDArray[np.int64]:
    """The same problem written out: a square matrix with the price of being alone."""
    rows, columns = cost.shape
    extended = np.full((rows + columns, rows + columns), limit / 2)
    extended[rows:, columns:] = 0
    extended[:rows, :columns] = np.where(np.isfinite(cost), cost, 1e6)
    _, chosen = linear_sum_assignment(extended)
    matched = chosen[:rows]
    return np.where(matched < columns, matched, -1)
