# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Overlaps between the detections of one frame: occlusion, duplicates and body parts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.tracker.matching.candidate_pairs import (
    Indices,
    appearance_distance,
    overlapping,
)
from fairmot_ros.tracker.matching.observations import Observations

#: IoU with a detection in front above which a detection counts as occluded.
OCCLUSION_IOU = 0.3


def occluded(observations: Observations) -> NDArray[np.bool_]:
    """Return which detections [M] are occluded by another detection."""
    result = np.zeros(len(observations), np.bool_)
    pairs = overlapping(observations.xyxy, observations.xyxy, exact=False)
    bottom = observations.xyxy[3]
    # Of two people on the same floor, the one whose feet are lower in the image is nearer.
    behind = bottom.take(pairs.rows) < bottom.take(pairs.columns)
    result[pairs.rows[behind & (pairs.cost < 1 - OCCLUSION_IOU)]] = True
    return result


def largest_overlap(
    observations: Observations, columns: Indices, others: Indices, max_distance: float
) -> NDArray[np.float64]:
    """Return the largest IoU [K] of detections with any other one of similar appearance.

    Args:
        observations: detections of the frame.
        columns: [K], detections to compare.
        others: detections to compare them with.
        max_distance: largest appearance distance; without embeddings, all others count.
    """
    largest = np.zeros(len(columns))
    xyxy, embeddings = observations.xyxy, observations.embeddings
    pairs = overlapping(xyxy.take(columns, 1), xyxy.take(others, 1), exact=False)
    if embeddings.any():
        distance = appearance_distance(
            pairs, embeddings.take(columns, 0), embeddings.take(others, 0)
        )
        pairs = pairs.only(distance < max_distance)
    np.maximum.at(largest, pairs.rows, 1 - pairs.cost)
    return largest
