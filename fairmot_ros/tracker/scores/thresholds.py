# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Relative scores, score thresholds by class, and evidence for a track."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.tracker.scores.scale import ScoreScale
from fairmot_ros.types import Detections

if TYPE_CHECKING:
    from fairmot_ros.tracker.config import TrackerConfig

Mask = NDArray[np.bool_]
Scores = NDArray[np.float32]

#: Upper limit of scores and thresholds in the evidence, which would be infinite at 1.
MAX_SCORE = 0.99


def relative_scores(scores: Scores, scale: ScoreScale, config: TrackerConfig) -> Scores:
    """Return the scores [M] divided by the score scale of the stream, at most 1."""
    factor = scale.factor(scores, config.min_score_scale)
    return np.minimum(scores / np.float32(factor), np.float32(1)) if factor < 1 else scores


def class_shift(class_ids: NDArray[np.int64], config: TrackerConfig) -> NDArray | float:
    """Return how much the thresholds of classes [M] exceed the common ones, [M] or one value."""
    thresholds = config.class_thresholds
    if not any(thresholds):
        return 0.0
    of_class = np.append(np.asarray(thresholds, np.float64), 0.0)
    own = of_class[np.minimum(class_ids, len(thresholds))]
    return np.where(own > 0, own - config.score_threshold, 0.0)


def usable(
    detections: Detections, scores: Scores, config: TrackerConfig
) -> tuple[NDArray[np.int64], Mask]:
    """Select the detections that can be matched.

    Args:
        detections: the M detections of a frame.
        scores: [M], their relative scores.
        config: the settings.

    Returns:
        Indices [K] of the detections with a sufficient score and a box of positive size, and
        a mask [K] of those with a high score.
    """
    boxes = detections.boxes_xyxy
    shift = class_shift(detections.class_ids, config)
    lowest = config.low_score_threshold if config.recover_low_scores else config.score_threshold
    sufficient = scores > lowest + shift
    sufficient &= (boxes[:, 2] > boxes[:, 0]) & (boxes[:, 3] > boxes[:, 1])
    indices = sufficient.nonzero()[0]
    return indices, (scores > config.score_threshold + shift)[indices]


def evidence(scores: Scores, threshold: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """Return the evidence ln((1 - threshold) / (1 - score)) [N] of detections for a track.

    It is the log ratio of the probabilities of a false detection at the threshold and at the
    score: positive for scores above the threshold, negative for scores below.

    >>> import numpy as np
    >>> evidence(np.array([0.3, 0.5, 0.9], np.float32), 0.5).round(2).tolist()
    [-0.34, 0.0, 1.61]
    """
    limited = np.minimum(scores.astype(np.float64), MAX_SCORE)
    return np.log1p(-np.minimum(threshold, MAX_SCORE)) - np.log1p(-limited)
