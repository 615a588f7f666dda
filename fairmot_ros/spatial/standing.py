# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Estimates of people who may be standing: most are, and a slow estimate is mostly noise."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

#: Probability that a person stands, before anything is known of the velocity.
SHARE = 0.5
#: Standard deviations of each component of a velocity, metres per second: of people who stand,
#: whose bodies sway, and of slow walkers; with that of fast ones, slow ones are taken to stand.
SWAY, SLOW = 0.03, 0.3


def allow_for_standing(means: Array, covariances: Array, manoeuvre: Array) -> tuple[Array, Array]:
    """Return means [N, 6] and covariances [N, 6, 6] of people of whom some stand.

    Each estimate is the mean of two, by their probabilities: the given one, and that of the same
    person standing, which is corrected by a velocity of 0 with the deviation `SWAY`. The ratio of
    probabilities is the Savage-Dickey density ratio (Dickey 1971, The Weighted Likelihood Ratio):
    of the velocity 0 under the estimate to that under the velocities of slow walkers. Where the
    velocity is hardly known, as of new tracks, or is known not to be 0, nothing changes.

    Args:
        means: [N, 6], position and velocity, in metres and metres per second.
        covariances: [N, 6, 6] of them.
        manoeuvre: [N], squared Mahalanobis distances of the last innovations from 0; large if a
            person has just started to walk and the velocity does not show it yet.
    """
    spread = covariances[:, 3:, 3:] + SWAY**2 * np.eye(3)
    gains = np.linalg.solve(spread, covariances[:, 3:]).swapaxes(1, 2)
    speeds = means[:, 3:, None]
    distances = (speeds * np.linalg.solve(spread, speeds)).sum(axis=(1, 2))
    volumes = np.linalg.slogdet(spread)[1] - 3 * np.log(SLOW**2 + SWAY**2)
    odds = np.log(SHARE / (1 - SHARE)) - (volumes + distances + manoeuvre) / 2
    standing = 1 / (1 + np.exp(-odds.clip(-50, 50)))[:, None, None]
    shifts = -gains @ speeds
    outer = shifts * shifts.swapaxes(1, 2)
    changed = covariances + standing * ((1 - standing) * outer - gains @ covariances[:, 3:])
    return means + (standing * shifts)[..., 0], (changed + changed.swapaxes(1, 2)) / 2
