"""Interpolation of gaps in finished tracks; offline only, as it needs later frames."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.evaluation.mot.text_format import FRAME, HEIGHT, ID, LEFT, MARK, MotArray


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
    added = [rows]
    for track in np.unique(rows[:, ID]):
        own = rows[rows[:, ID] == track]
        own = own[np.argsort(own[:, FRAME])]
        frames = own[:, FRAME].astype(int)
        for before in np.flatnonzero(np.diff(frames) > 1):
            start, end = own[before], own[before + 1]
            first, last = frames[before], frames[before + 1]
            duration = stamps[last - 1] - stamps[first - 1]
            if 0 < duration <= longest:
                added.append(_interpolate(start, end, np.arange(first + 1, last), stamps))
    filled = np.concatenate(added)
    return filled[np.lexsort((filled[:, ID], filled[:, FRAME]))]


def _interpolate(
    start: NDArray[np.float64],
    end: NDArray[np.float64],
    frames: NDArray[np.int64],
    stamps: NDArray[np.float64],
) -> MotArray:
    first, last = stamps[int(start[FRAME]) - 1], stamps[int(end[FRAME]) - 1]
    share = ((stamps[frames - 1] - first) / (last - first))[:, None]
    rows = np.tile(start, (len(frames), 1))
    rows[:, FRAME] = frames
    box = slice(LEFT, HEIGHT + 1)
    rows[:, box] = (1 - share) * start[box] + share * end[box]
    rows[:, MARK] = min(start[MARK], end[MARK])
    return rows
