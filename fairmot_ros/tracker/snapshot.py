# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Conversion of an association's tracks to results."""

from __future__ import annotations

import numpy as np

from fairmot_ros.tracker.associations import Association
from fairmot_ros.tracker.matching.candidate_pairs import Indices
from fairmot_ros.tracker.motion.kalman import PV
from fairmot_ros.types import Tracks, TrackState


def snapshot(association: Association, indices: Indices, state: TrackState) -> Tracks:
    """Return copies of chosen tracks, at the time of the last frame.

    Args:
        association: its table holds the tracks.
        indices: [N], the chosen tracks.
        state: state of all chosen tracks.
    """
    table, rate, now = association.table, association.rate, association.now
    position, velocity, variance = table.state[:PV].take(indices, 2)
    boxes = association.parametrization.to_xywh(position)
    embeddings = table.embeddings.take(indices, 0) if table.embeddings.shape[1] else None
    return Tracks(
        ids=table.ids.take(indices),
        boxes_xywh=boxes.T.copy(),
        scores=table.scores.take(indices),
        class_ids=table.class_ids.take(indices),
        velocities=np.multiply(velocity[:2].T, rate, order='C'),
        covariances=association.parametrization.size_covariance(position, variance),
        embeddings=embeddings,
        states=np.full(len(indices), state, np.uint8),
        hits=table.hits.take(indices),
        ages=(now - table.started.take(indices)) / rate,
        times_since_update=(now - table.seen.take(indices)) / rate,
    )
