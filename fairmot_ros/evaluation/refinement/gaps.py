# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Interpolation of gaps in finished tracks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.evaluation.mot.text_format import FRAME, HEIGHT, ID, LEFT, MARK, MotArray

#: Columns of the box in a row.
BOX = slice(LEFT, HEIGHT + 1)


def fill_gaps(rows: MotArray, stamps: NDArray[np.float64], longest: float) -> MotArray:
    """Fill gaps in tracks with boxes that are linearly interpolated over time.

    Args:
        rows: [N, 10] results in any order.
        stamps: [F], stamps of frames 1, 2, ... in seconds.
        longest: largest gap to fill, in seconds between two boxes of a track.

    Returns:
        float64 [M, 10], M >= N, ordered by frame, then id. The score of an interpolated box is
        the lower one of the two boxes around the gap.
    """
    return by_frame(np.concatenate((rows, gap_rows(rows, stamps, longest))))


def gap_rows(rows: MotArray, stamps: NDArray[np.float64], longest: float) -> MotArray:
    """Return the interpolated rows alone; for the arguments, see `fill_gaps`."""
    ordered = rows[np.lexsort((rows[:, FRAME], rows[:, ID]))]
    before, after = ordered[:-1], ordered[1:]
    frames = ordered[:, FRAME].astype(np.int64)
    missing = np.where(before[:, ID] == after[:, ID], np.diff(frames) - 1, 0)
    durations = stamps[frames[1:] - 1] - stamps[frames[:-1] - 1]
    missing[(durations <= 0) | (durations > longest)] = 0
    gap = np.repeat(np.arange(len(missing)), missing)
    step = np.arange(len(gap)) - np.repeat(np.cumsum(missing) - missing, missing) + 1
    start, end = before[gap], after[gap]
    filled = start.copy()
    filled[:, FRAME] += step
    first = stamps[start[:, FRAME].astype(np.int64) - 1]
    last = stamps[end[:, FRAME].astype(np.int64) - 1]
    share = ((stamps[filled[:, FRAME].astype(np.int64) - 1] - first) / (last - first))[:, None]
    filled[:, BOX] = (1 - share) * start[:, BOX] + share * end[:, BOX]
    filled[:, MARK] = np.minimum(start[:, MARK], end[:, MARK])
    return filled


def by_frame(rows: MotArray) -> MotArray:
    """Return rows ordered by frame, then id."""
    return rows[np.lexsort((rows[:, ID], rows[:, FRAME]))]
