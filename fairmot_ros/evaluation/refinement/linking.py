# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Global assignment of tracklets to their continuations."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

from fairmot_ros.evaluation.refinement.candidate_links import Indices


def best_links(
    count: int, earlier: Indices, later: Indices, gains: NDArray[np.float64]
) -> tuple[Indices, Indices]:
    """Return the links with the largest sum of gains.

    Every tracklet has at most one predecessor and one successor. As each link goes forwards in
    time, a chain of links never contains two tracklets that are visible at the same time.

    Args:
        count: number of tracklets.
        earlier: int64 [P], indices of the earlier tracklets of candidate links.
        later: int64 [P], indices of the later tracklets.
        gains: float64 [P]; only links with a positive gain are used.

    Returns:
        The indices of the earlier and of the later tracklets of the links.
    """
    useful = gains > 0
    earlier, later, gains = earlier[useful], later[useful], gains[useful]
    if not len(gains):
        return earlier, later
    # Tracklet i can also end: column count + i, which only row i has, stands for that. All
    # weights are raised by the same amount, as weights of 0 are no edges.
    unlinked = np.arange(count)
    weights = np.concatenate((gains.max() + 1 - gains, np.full(count, gains.max() + 1)))
    graph = coo_array(
        (
            weights,
            (np.concatenate((earlier, unlinked)), np.concatenate((later, count + unlinked))),
        ),
        shape=(count, 2 * count),
    ).tocsr()
    rows, columns = min_weight_full_bipartite_matching(graph)
    linked = columns < count
    return rows[linked].astype(np.int64), columns[linked].astype(np.int64)


def chains(count: int, earlier: Indices, later: Indices) -> Indices:
    """Return the first tracklet [T] of each tracklet's chain of links.

    Tracklets are in the order of their starts, so that links go from lower to higher indices.
    """
    first = np.arange(count)
    order = np.argsort(later, kind='stable')
    for before, after in zip(earlier[order].tolist(), later[order].tolist()):
        first[after] = first[before]
    return first
