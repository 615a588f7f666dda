# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Score scale: adapts the score thresholds to the score range of a detector.

Detectors differ in how they score the same person: one gives 0.95, another 0.45. The default
association therefore uses relative scores: a detection's score, divided by the *score scale* of
the stream. The scale is proportional to the running mean of the scores of detections matched to
confirmed tracks. It is 1 for a mean of `TYPICAL_SCORE` or more.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]

#: Smallest mean score of the detections of confirmed tracks at which the scale is 1.
TYPICAL_SCORE = 0.95
#: Time constants, in seconds, with which the mean score follows higher and lower scores.
RISE_TIME, FALL_TIME = 3.0, 10.0
#: Smallest scale, even if the settings allow less; avoids a division by zero.
MIN_SCALE = 0.01


class ScoreScale:
    """Running mean of the scores of tracked detections, and the scale computed from it."""

    def __init__(self) -> None:
        """Start without a mean; the first detections set it."""
        self._mean: float | None = None

    def factor(self, scores: Scores, lowest: float) -> float:
        """Return the score scale for a frame, in `lowest`..1.

        Args:
            scores: [M], scores of all detections of the frame. The highest score of the first
                frame with detections is the initial mean.
            lowest: lower bound of the scale.
        """
        if self._mean is None:
            if not len(scores):
                return 1.0
            self._mean = float(scores.max())
        return min(max(self._mean / TYPICAL_SCORE, lowest, MIN_SCALE), 1.0)

    def update(self, scores: Scores, seconds: float) -> None:
        """Move the mean towards the scores of a frame.

        Args:
            scores: [K], scores of the detections matched to confirmed tracks.
            seconds: time since the last frame.
        """
        if self._mean is None or not len(scores):
            return
        difference = float(scores.mean()) - self._mean
        time_constant = RISE_TIME if difference > 0 else FALL_TIME
        self._mean += difference * -math.expm1(-seconds / time_constant)
