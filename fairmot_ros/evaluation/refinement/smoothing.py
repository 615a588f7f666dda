"""Smoothing of the boxes of finished tracks over time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solveh_banded

from fairmot_ros.evaluation.mot.text_format import FRAME, MotArray
from fairmot_ros.evaluation.refinement.gaps import BOX


def smooth_track(track: MotArray, stamps: NDArray[np.float64], time_constant: float) -> MotArray:
    """Return a track with smoothed boxes.

    The result z of measurements y minimises the integral of (y - z)^2 + time_constant^4 z''^2
    over time, for each of left, top, width and height (Whittaker 1923; a smoothing spline, which
    is what an RTS smoother with white noise as acceleration computes).

    Args:
        track: [N, 10] rows of one track, ordered by frame.
        stamps: [F], stamps of frames 1, 2, ... in seconds.
        time_constant: changes that are faster, in seconds, are smoothed out.
    """
    if len(track) < 3 or not time_constant > 0:
        return track
    times = stamps[track[:, FRAME].astype(np.int64) - 1]
    steps = np.diff(times)
    durations = (np.append(steps, 0) + np.append(0, steps)) / 2
    # Rows of the operator that maps z to the second derivative, weighted by its duration.
    left, right, width = 1 / steps[:-1], 1 / steps[1:], durations[1:-1]
    rows = np.stack((left, -left - right, right)) * (time_constant**2 / np.sqrt(width))
    bands = np.zeros((3, len(track)))  # upper bands of the normal equations
    bands[2] = durations
    for i in range(3):
        for j in range(i, 3):
            bands[2 - (j - i), j : j + rows.shape[1]] += rows[i] * rows[j]
    smooth = track.copy()
    smooth[:, BOX] = solveh_banded(bands, durations[:, None] * track[:, BOX])
    return smooth
