# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Candidate pairs of single assignment stages of the default association."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.tracker.matching.candidate_pairs import CandidatePairs, appearance_distance

#: Weight of the box distance in the cost of the appearance stages.
BOX_WEIGHT = 0.02
#: Largest box distance of unambiguous pairs.
UNAMBIGUOUS_DISTANCE = 0.88
#: Largest ratio of the heights in an unambiguous pair.
UNAMBIGUOUS_HEIGHT_RATIO = 1.25


def by_appearance(
    pairs: CandidatePairs, tracks: NDArray[np.float32], detections: NDArray[np.float32]
) -> CandidatePairs:
    """Return the pairs with their appearance distance, plus a little box distance, as cost.

    Args:
        pairs: candidate pairs with their box distance.
        tracks: [N, D], embeddings of unit length.
        detections: [M, D], embeddings of unit length.
    """
    distance = appearance_distance(pairs, tracks, detections)
    cost = (1 - BOX_WEIGHT) * distance + BOX_WEIGHT * pairs.cost
    return CandidatePairs(pairs.rows, pairs.columns, cost)


def unambiguous(
    pairs: CandidatePairs,
    eligible: NDArray[np.bool_],
    track_heights: NDArray[np.float64],
    detection_heights: NDArray[np.float64],
) -> CandidatePairs:
    """Return the eligible pairs whose track and detection have no other candidate nearby.

    Noisy boxes at a low frame rate often overlap little with the prediction. Where nothing else
    is within `UNAMBIGUOUS_DISTANCE`, a similar height is enough for a match.

    Args:
        pairs: all candidate pairs with their box distance, including matched ones.
        eligible: [K], which pairs may be returned.
        track_heights: [N].
        detection_heights: [M].
    """
    near = pairs.cost < UNAMBIGUOUS_DISTANCE
    pairs, eligible = pairs.only(near), eligible[near]
    rows, columns, _ = pairs
    eligible &= (np.bincount(rows)[rows] == 1) & (np.bincount(columns)[columns] == 1)
    pairs = pairs.only(eligible)
    ratio = track_heights.take(pairs.rows) / detection_heights.take(pairs.columns)
    return pairs.only(np.maximum(ratio, 1 / ratio) < UNAMBIGUOUS_HEIGHT_RATIO)
