# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Smoothing of the boxes of finished tracks over time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solveh_banded

from fairmot_ros.evaluation.mot.text_format import FRAME, LEFT, TOP, MotArray
from fairmot_ros.evaluation.refinement.gaps import BOX
from fairmot_ros.evaluation.refinement.tracklets import tracks_of


def smooth(rows: MotArray, stamps: NDArray[np.float64], time_constant: float) -> MotArray:
    """Return rows with smoothed boxes, track by track.

    What smoothing would remove from all boxes of a frame alike is a motion of the camera; it is
    kept.

    Args:
        rows: [N, 10], at least one row.
        stamps: [F], stamps of frames 1, 2, ... in seconds.
        time_constant: changes that are faster, in seconds, are smoothed out.
    """
    tracks = tracks_of(rows)
    before = np.concatenate(tracks)
    after = np.concatenate([smooth_track(track, stamps, time_constant) for track in tracks])
    frames = before[:, FRAME].astype(np.int64) - 1
    for column in (LEFT, TOP):
        removed = before[:, column] - after[:, column]
        after[:, column] += common_part(removed, frames)[frames]
    return after


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
    if len(track) < 3:
        return track
    steps = np.diff(stamps[track[:, FRAME].astype(np.int64) - 1])
    durations = (np.append(steps, 0) + np.append(0, steps)) / 2
    # Rows of the operator that maps z to the second derivative, weighted by its duration.
    left, right, width = 1 / steps[:-1], 1 / steps[1:], durations[1:-1]
    rows = np.stack((left, -left - right, right)) * (time_constant**2 / np.sqrt(width))
    bands = np.zeros((3, len(track)))  # upper bands of the normal equations
    bands[2] = durations
    for i in range(3):
        for j in range(i, 3):
            bands[2 - (j - i), j : j + rows.shape[1]] += rows[i] * rows[j]
    smoothed = track.copy()
    smoothed[:, BOX] = solveh_banded(bands, durations[:, None] * track[:, BOX])
    return smoothed


def common_part(values: NDArray[np.float64], groups: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the part of values that all members of a group share, for each group.

    The best linear prediction of random group effects (Henderson 1975): the mean of a group,
    times a factor that is 0 if means vary no more than by the noise of single values, and 1 if
    they vary much more.

    Args:
        values: float64 [N], with zero mean.
        groups: int64 [N], number of the group of each value, from 0 on.
    """
    counts = np.bincount(groups)
    sizes = np.maximum(counts, 1)
    means = np.bincount(groups, values) / sizes
    used = counts > 0
    freedom = len(values) - used.sum()
    if freedom <= 0:
        return np.zeros(len(counts))
    noise = ((values - means[groups]) ** 2).sum() / freedom
    between = float((means[used] ** 2 - noise / sizes[used]).mean())
    if between <= 0:
        return np.zeros(len(counts))
    shared: NDArray[np.float64] = means * between / (between + noise / sizes)
    return shared
