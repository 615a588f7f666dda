# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Kalman filter for many boxes at once.

A box is centre x, centre y, a shape (see `parametrizations`) and the height, each with its
velocity. All noise is diagonal, so the four coordinates are independent and the 8 x 8 covariance
of a track consists of four 2 x 2 blocks of three numbers each.

A state is float64 [5, 4, N]. The first axis holds position p, velocity v, var(p), cov(p, v) and
var(v); the second axis the four coordinates; the third the tracks. Measurements are float64
[4, N]. Methods change a state in place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.tracker.motion.parametrizations import XyahParametrization, XywhParametrization

Array = NDArray[np.float64]

#: Rows of the first axis of a state.
P, V, PP, PV, VV = range(5)
#: Rows of the second axis of a state.
SHAPE, HEIGHT = 2, 3
#: 0.95 quantile of the chi-square distribution with 4 degrees of freedom.
GATE = 9.4877


class HeightScaledNoise:
    """Noise with a part proportional to the height of the box and a constant part."""

    def __init__(self, shares: Sequence[float], constants: Sequence[float] = (0.0,)) -> None:
        """Set the noise of K coordinates.

        Args:
            shares: [K], standard deviations as a share of the height.
            constants: [K], standard deviations of the constant part; variances are added.
        """
        self._shares = np.square(shares)[:, None]
        self._constants = np.square(constants)[:, None] if any(constants) else None

    def variance(self, height: Array) -> Array:
        """Return the variances [K, N] for boxes of these heights [N]."""
        variance: Array = self._shares * (height * height)
        if self._constants is not None:
            variance += self._constants
        return variance


@dataclass(frozen=True)
class MotionModel:
    """How boxes move, and how precisely detections measure them.

    Attributes:
        parametrization: parametrization of the box in the state.
        process: noise of position and velocity (K = 8) per square root of a unit of time.
        measurement: noise of one detection (K = 4).
        initial: noise of position and velocity of a new track (K = 8).
        integrated: whether velocity noise also moves the position within a step (Wiener process),
            so that two half steps give the same result as a whole one.
    """

    parametrization: XywhParametrization
    process: HeightScaledNoise
    measurement: HeightScaledNoise
    initial: HeightScaledNoise
    integrated: bool

    def initiate(self, measurements: Array) -> Array:
        """Return the state of new tracks at rest, from their first measurements."""
        state = np.zeros((5, *measurements.shape))
        variance = self.initial.variance(measurements[HEIGHT])
        state[P], state[PP], state[VV] = measurements, variance[:4], variance[4:]
        return state

    def predict(self, state: Array, time: float) -> None:
        """Move all tracks forward in time."""
        position, velocity, pp, pv, vv = state
        noise = self.process.variance(position[HEIGHT])
        noise_p, noise_v = noise[:4], noise[4:]
        if self.integrated:
            noise_p += noise_v * (time * time / 3)
        position += time * velocity
        grown = pv + time * vv
        noise_p += pv + grown
        pp += time * noise_p
        pv[:] = grown
        if self.integrated:
            pv += noise_v * (time * time / 2)
        vv += time * noise_v

    def inflate_velocity_variance(self, state: Array, measurements: Array, time: Array) -> None:
        """Raise the velocity variance of tracks with a single observation, before their update.

        Their velocity is unknown. Its variance is raised to the square of the velocity between the
        first two observations, if that is larger (two-point initialization).

        Args:
            state: [5, 4, N], predicted state of the tracks.
            measurements: [4, N], their second observations.
            time: [N], time since the first observation.
        """
        position, _, pp, pv, vv = state[:, :2]
        more = np.maximum(np.square((measurements[:2] - position) / time) - vv, 0.0)
        vv += more
        pv += more * time
        pp += more * time * time

    def innovation(self, state: Array) -> Array:
        """Return the innovation variance [4, N]: of the next measurement minus its prediction."""
        return state[PP] + self.measurement.variance(state[P, HEIGHT])

    def update(
        self, state: Array, measurements: Array, scale: NDArray[np.floating] | None = None
    ) -> None:
        """Correct each track with its measurement.

        Args:
            state: [5, 4, N], predicted state of the tracks.
            measurements: [4, N].
            scale: [N], factor on the variance of each measurement; 1 if None.
        """
        variance = self.measurement.variance(state[P, HEIGHT])
        if scale is not None:
            variance *= scale
        variance += state[PP]
        # Position and velocity are corrected together, and so are var(p) and cov(p, v).
        moments = state[PP:VV]
        gain = moments / variance
        state[:PP] += gain * (measurements - state[P])
        state[VV] -= gain[V] * state[PV]
        moments -= gain[P] * moments


def warp(state: Array, motion: Array, parametrization: XywhParametrization) -> None:
    """Compensate camera motion.

    Centres and their velocities rotate and scale with the image; heights and widths scale; aspects
    stay the same. The small correlation between x and y that a rotation causes is neglected.

    Args:
        state: [5, 4, N], state of the tracks.
        motion: [2, 3], maps pixels of the previous frame to this one.
        parametrization: parametrization of the boxes in the state.
    """
    linear, shift = motion[:, :2], motion[:, 2:]
    scale = abs(linear[0, 0] * linear[1, 1] - linear[0, 1] * linear[1, 0])
    shape_scale = 1.0 if isinstance(parametrization, XyahParametrization) else scale
    scales = np.array([[shape_scale], [scale]])
    state[:2, :2] = linear @ state[:2, :2]
    state[P, :2] += shift
    state[:2, 2:] *= np.sqrt(scales)
    state[PP:, :2] = linear**2 @ state[PP:, :2]
    state[PP:, 2:] *= scales
