# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Matches of a frame, collected over several assignment stages."""

from __future__ import annotations

import numpy as np

from fairmot_ros.tracker.matching.assignment import assign
from fairmot_ros.tracker.matching.candidate_pairs import CandidatePairs


class Matching:
    """Matches so far.

    >>> import numpy as np
    >>> matching = Matching(tracks=2, detections=2)
    >>> matching.assign(CandidatePairs(np.array([0]), np.array([1]), np.array([0.2])), 0.5)
    >>> pairs = CandidatePairs(np.array([1, 1]), np.array([0, 1]), np.array([0.3, 0.1]))
    >>> matching.assign(pairs, 0.5)  # detection 1 has left the pool
    >>> matching.partner.tolist()
    [1, 0]

    Attributes:
        partner: int64 [N], the detection of each track, -1 if unmatched.
        free: bool [M], which detections are unmatched.
    """

    def __init__(self, tracks: int, detections: int) -> None:
        """Start without matches."""
        self.partner = np.full(tracks, -1)
        self.free = np.ones(detections, np.bool_)

    def assign(self, pairs: CandidatePairs, threshold: float) -> None:
        """Match unmatched tracks to free detections, in pairs that cost less than a threshold."""
        if not len(pairs.rows):
            return
        available = self.free.take(pairs.columns) & (self.partner.take(pairs.rows) < 0)
        rows, columns = assign(pairs.only(available), threshold)
        self.partner[rows] = columns
        self.free[columns] = False
