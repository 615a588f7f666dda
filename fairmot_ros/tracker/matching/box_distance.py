# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Candidate pairs inside the motion gate of the default association, with their box distance."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.tracker.matching.candidate_pairs import CandidatePairs, intersecting
from fairmot_ros.tracker.matching.observations import Observations
from fairmot_ros.tracker.motion.kalman import P

Array = NDArray[np.float64]

#: Shares of their size by which boxes are enlarged on each side before their IoU is computed:
#: without unmatched time, per second of it, and at most (Yang et al. 2023, "Hard to track objects
#: with irregular motions and similar appearances").
EXPANSION, EXPANSION_PER_SECOND, MAX_EXPANSION = 0.11, 0.27, 0.32
#: Exponent of the IoU of the vertical extents (Yang et al. 2024, Hybrid-SORT).
HEIGHT_POWER = 1.75
#: Share of the IoU that is multiplied by the relative score (Zhang et al. 2022).
SCORE_SHARE = 0.36
#: Largest squared Mahalanobis distance of the centre.
GATE = 40.0


def gated_box_distance(
    state: Array, innovation: Array, growth_time: Array, observations: Observations
) -> CandidatePairs:
    """Return the pairs inside the gate whose enlarged boxes overlap, with their box distance.

    The box distance is 1 - similarity, in 0..1. The similarity is the product of the IoU of the
    enlarged boxes, the IoU of the vertical extents of the boxes to the power `HEIGHT_POWER`, and a
    factor that is smaller for low relative scores.

    Args:
        state: [5, 4, N], state of the tracks (see `kalman`), with the width as shape.
        innovation: [4, N], variance of the next measurements.
        growth_time: [N], seconds for which the boxes of each track have grown.
        observations: the M detections.
    """
    growth = 1 + 2 * np.minimum(EXPANSION + EXPANSION_PER_SECOND * growth_time, MAX_EXPANSION)
    centre, size = state[P].reshape(2, 2, -1)
    detection_centre, detection_size = observations.measurements.reshape(2, 2, -1)
    half, detection_half = growth / 2 * size, (0.5 + MAX_EXPANSION) * detection_size
    rows, columns = intersecting(
        centre - half,
        centre + half,
        detection_centre - detection_half,
        detection_centre + detection_half,
        (state[P], observations.measurements),
    )
    offset = np.abs(centre.take(rows, 1) - detection_centre.take(columns, 1))
    growth, a, b = growth.take(rows), size.take(rows, 1), detection_size.take(columns, 1)
    sum_of_sizes = a + b
    smaller = np.minimum(a, b)
    shared = np.minimum(sum_of_sizes / 2 * growth - offset, smaller * growth)
    np.maximum(shared, 0.0, out=shared)
    common = shared[0] * shared[1]
    areas = (a[0] * a[1] + b[0] * b[1]) * growth**2
    overlap = common / (areas - common)
    vertical = np.maximum(np.minimum(sum_of_sizes[1] / 2 - offset[1], smaller[1]), 0.0)
    overlap *= (vertical / (sum_of_sizes[1] - vertical)) ** HEIGHT_POWER
    overlap *= 1 - SCORE_SHARE + SCORE_SHARE * observations.relative_scores.take(columns)
    distance = (offset**2 / innovation[:2].take(rows, 1)).sum(axis=0)
    return CandidatePairs(rows, columns, 1 - overlap).only((distance < GATE) & (overlap > 0))
