"""Scores that mean what they say: of detections scored s, a share s is right.

Trained scores are too modest or too bold, each network in its own way, so thresholds of one are
wrong for another. Platt's remedy (1999) is a straight line through the logits, fitted on labelled
pictures; the heat map's last layer takes it in, and nothing else changes.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Floats = NDArray[np.float64]
CLOSEST = 1e-6  # of a score to 0 and 1


def to_logits(scores: Floats) -> Floats:
    """Return log(s / (1 - s)), finite for 0 and 1 too."""
    scores = scores.clip(CLOSEST, 1 - CLOSEST)
    logits: Floats = np.log(scores) - np.log1p(-scores)
    return logits


def move(scores: Floats, slope: float, shift: float) -> Floats:
    """Return scores [N] as they are after their logits were moved onto a line."""
    moved: Floats = 1 / (1 + np.exp(-(slope * to_logits(scores) + shift)))
    return moved


def fit_line(scores: Floats, hits: NDArray[np.bool_]) -> tuple[float, float]:
    """Return slope and shift of the logits that make hits [N] as likely as scores [N] say.

    Raises:
        ValueError: if all or none are hits, or hits score no higher than the others.
    """
    if hits.all() or not hits.any():
        raise ValueError(
            f'{np.count_nonzero(hits)} of {len(hits)} detections are right: scores can be '
            'calibrated only where some are right and some are wrong'
        )
    logits = to_logits(scores)
    sign = np.where(hits, 1.0, -1.0)

    def negative_log_likelihood(line: Floats) -> float:
        return float(np.logaddexp(0.0, -sign * (line[0] * logits + line[1])).mean())

    slope, shift = minimize(negative_log_likelihood, (1.0, 0.0), method='Nelder-Mead').x
    if slope <= 0:
        raise ValueError(
            f'higher scores are not more often right on these {len(hits)} detections: the '
            'labels are wrong, or there are too few of them'
        )
    return float(slope), float(shift)


def reliability(
    scores: Floats, hits: NDArray[np.bool_], edges: Sequence[float] = (0.1, 0.3, 0.5, 0.7, 0.9)
) -> list[dict[str, float]]:
    """Return, for ranges of the score, how many detections there are and which share is right."""
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
