# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Calibration of scores: of the detections with score s, a share s should be correct.

Networks are over- or underconfident, each in its own way, so the thresholds of one do not suit
another. Platt scaling (1999) maps the logits by a line that is fitted on labelled images. The line
is merged into the layer that computes the scores; the order of the detections does not change.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Floats = NDArray[np.float64]
EPSILON = 1e-6  # scores are clipped to EPSILON..1 - EPSILON, so that logits are finite


def to_logits(scores: Floats) -> Floats:
    """Return log(s / (1 - s)) of scores [N], which are clipped by EPSILON."""
    scores = scores.clip(EPSILON, 1 - EPSILON)
    logits: Floats = np.log(scores) - np.log1p(-scores)
    return logits


def calibrate_scores(scores: Floats, slope: float, shift: float) -> Floats:
    """Return calibrated scores [N]: the sigmoid of `slope * logit + shift`."""
    calibrated: Floats = 1 / (1 + np.exp(-(slope * to_logits(scores) + shift)))
    return calibrated


def fit_line(scores: Floats, hits: NDArray[np.bool_]) -> tuple[float, float]:
    """Fit slope and shift of the logits by maximum likelihood.

    Args:
        scores: scores of detections, float64 [N].
        hits: which detections are correct, bool [N].

    Raises:
        ValueError: if all or no detections are correct, or correct ones do not have higher scores
            than the others.
    """
    if hits.all() or not hits.any():
        raise ValueError(
            f'{np.count_nonzero(hits)} of {len(hits)} detections are correct: calibration needs '
            'correct and wrong ones'
        )
    logits = to_logits(scores)
    sign = np.where(hits, 1.0, -1.0)

    def negative_log_likelihood(line: Floats) -> float:
        return float(np.logaddexp(0.0, -sign * (line[0] * logits + line[1])).mean())

    slope, shift = minimize(negative_log_likelihood, (1.0, 0.0), method='Nelder-Mead').x
    if slope <= 0:
        raise ValueError(
            f'higher scores are not more often correct on these {len(hits)} detections: the '
            'labels are wrong, or there are too few of them'
        )
    return float(slope), float(shift)


def reliability(
    scores: Floats, hits: NDArray[np.bool_], edges: Sequence[float] = (0.1, 0.3, 0.5, 0.7, 0.9)
) -> list[dict[str, float]]:
    """Return a reliability table: per score range, the number and the correct share of detections.

    Args:
        scores: scores of detections, float64 [N].
        hits: which detections are correct, bool [N].
        edges: lower bounds of the ranges; the last range ends at 1.

    Returns:
        `from`, `to`, `detections`, `mean_score` and `right` (share of correct detections) of each
        range with detections.
    """
    rows = []
    for low, high in zip(edges, (*edges[1:], 1.0)):
        inside = (scores >= low) & (scores < high)
        if inside.any():
            rows.append(
                {
                    'from': low,
                    'to': high,
                    'detections': int(inside.sum()),
                    'mean_score': float(scores[inside].mean()),
                    'right': float(hits[inside].mean()),
                }
            )
    return rows
