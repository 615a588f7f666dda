"""How well a box fits to where a track is expected."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.tracker.measured import Measured
from fairmot_ros.tracker.pairs import Pairs, crossing

Array = NDArray[np.float64]

# Boxes are made larger by these shares of their size before their overlap is taken, the more the
# longer a track was unseen (Yang et al. 2023, "Hard to track objects with irregular motions").
EXPANSION, EXPANSION_PER_SECOND, MAX_EXPANSION = 0.11, 0.27, 0.32
HEIGHT_POWER = 1.75  # of the overlap of the vertical extents (Yang et al. 2024, Hybrid-SORT)
SCORE_SHARE = 0.36  # of the overlap that is multiplied by the relative score (Zhang et al. 2022)
GATE = 40.0  # largest squared Mahalanobis distance of the centre


def box_pairs(state: Array, innovation: Array, unsure: Array, found: Measured) -> Pairs:
    """Return the pairs within reach at a distance in 0..1.

    Args:
        state: [N, 20] of the tracks, see `kalman`, with the width as shape.
        innovation: [N, 4], variance of what is expected to be measured.
        unsure: [N], seconds in which a track can have gone astray.
        found: the M detections.
    """
    growth = 1 + 2 * np.minimum(EXPANSION + EXPANSION_PER_SECOND * unsure, MAX_EXPANSION)
    centre, size = state[:, :2].T, state[:, 2:4].T
    found_centre, found_size = found.centred[:, :2].T, found.centred[:, 2:].T
    half, found_half = growth / 2 * size, (0.5 + MAX_EXPANSION) * found_size
    (left, top), (right, bottom) = centre - half, centre + half
    (found_left, found_top), (found_right, found_bottom) = (
        found_centre - found_half,
        found_centre + found_half,
    )
    rows, columns = crossing(left, right, found_left, found_right)
    near = ((top[rows] < found_bottom[columns]) & (found_top[columns] < bottom[rows])).nonzero()[0]
    rows, columns = rows[near], columns[near]

    offset, growth = np.abs(centre[:, rows] - found_centre[:, columns]), growth[rows]
    a, b = size[:, rows], found_size[:, columns]
    sum_of_sizes = a + b
    smaller = np.minimum(a, b)
    shared = np.minimum(sum_of_sizes / 2 * growth - offset, smaller * growth)
    np.maximum(shared, 0.0, out=shared)
    common = shared[0] * shared[1]
    areas = (a[0] * a[1] + b[0] * b[1]) * growth**2
    overlap = common / (areas - common)
    both = np.clip(np.minimum(sum_of_sizes[1] / 2 - offset[1], smaller[1]), 0.0, None)
    overlap *= (both / (sum_of_sizes[1] - both)) ** HEIGHT_POWER
    overlap *= 1 - SCORE_SHARE + SCORE_SHARE * found.relative_scores[columns]
    distance = (offset**2 / innovation[rows, :2].T).sum(axis=0)
    return Pairs(rows, columns, 1 - overlap).only((distance < GATE) & (overlap > 0))
