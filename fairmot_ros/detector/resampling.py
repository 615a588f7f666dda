# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Weights of the image scaling that `cv2.resize` performs with `INTER_AREA`, for other devices."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: OpenCV leaves out pixels of which a smaller share is covered.
MIN_COVERED = 1e-3


@dataclass(frozen=True)
class Taps:
    """Each row of the result as a weighted sum of `K` source rows; the same for columns.

    Attributes:
        rows: int32 [N, K], source rows.
        weights: float32 [N, K]; 0 for unused entries.
    """

    rows: NDArray[np.int32]
    weights: NDArray[np.float32]


def area_taps(source: tuple[int, int], target: tuple[int, int]) -> tuple[Taps, Taps]:
    """Return the taps along the width and along the height.

    A smaller result averages the covered area. Otherwise both axes interpolate linearly, with
    OpenCV's weights for `INTER_AREA`, which repeat pixels at whole-number scales.

    Args:
        source: (width, height).
        target: (width, height).
    """
    shrink = source[0] >= target[0] and source[1] >= target[1]
    taps = _mean_taps if shrink else _linear_taps
    horizontal, vertical = (_packed(taps(s, t), t) for s, t in zip(source, target))
    return horizontal, vertical


Tap = tuple[int, int, float]  # row of the result, row of the source, weight


def _mean_taps(source: int, target: int) -> list[Tap]:
    scale = source / target
    taps = []
    for row in range(target):
        start, end = row * scale, (row + 1) * scale
        covered = min(scale, source - start)
        last = min(math.floor(end), source - 1)
        first = min(math.ceil(start), last)
        if first - start > MIN_COVERED:
            taps.append((row, first - 1, (first - start) / covered))
        taps += [(row, whole, 1 / covered) for whole in range(first, last)]
        if end - last > MIN_COVERED:
            taps.append((row, last, min(end - last, 1.0, covered) / covered))
    return taps


def _linear_taps(source: int, target: int) -> list[Tap]:
    taps = []
    for row in range(target):
        first = min(math.floor(row * source / target), source - 1)
        share = row + 1 - (first + 1) * target / source
        share = 0.0 if share <= 0 or first == source - 1 else share % 1
        taps += [(row, first, 1 - share), (row, min(first + 1, source - 1), share)]
    return taps


def _packed(taps: list[Tap], count: int) -> Taps:
    """Return taps in rows of equal length."""
    target, source, weights = (np.array(column) for column in zip(*taps))
    used = np.bincount(target, minlength=count)
    place = np.arange(len(target)) - np.repeat(np.cumsum(used) - used, used)
    packed = Taps(
        np.zeros((count, used.max()), np.int32), np.zeros((count, used.max()), np.float32)
    )
    packed.rows[target, place] = source
    packed.weights[target, place] = weights
    return packed
