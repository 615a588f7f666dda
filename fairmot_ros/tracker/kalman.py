"""Kalman filter over many boxes at once.

The box is centre x, centre y, shape (see `boxes`) and height, each with its velocity. All noise is
diagonal, so the four coordinates never mix and each track's 8 x 8 covariance is four 2 x 2 blocks
of three numbers: var(p), cov(p, v), var(v).

A state is float64 [N, 20]: positions, velocities, var(p), cov(p, v), var(v), four columns each;
measurements are float64 [N, 4]. The functions that change a state do so in place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.tracker.boxes import AspectForm, WidthForm

Array = NDArray[np.float64]

SIZE = 20
P, V, PP, PV, VV = (slice(i, i + 4) for i in range(0, SIZE, 4))
SHAPE, HEIGHT = 2, 3
GATE = 9.4877  # 0.95 quantile of chi-square with 4 degrees of freedom


class Spread:
    """Standard deviations that grow with the height of the box, but for what is fixed."""

    def __init__(self, shares: Sequence[float], fixed: Sequence[float] = (0.0,)) -> None:
        """Take one number per column, 4 or 8: a share of the height, and what is added."""
        self._share = np.square(shares)
        self._fixed = np.square(fixed)

    def variance(self, height: Array) -> Array:
        """Return [N, 4] or [N, 8] for boxes of these heights [N]."""
        variance = (height * height)[:, None] * self._share
        variance += self._fixed
        return variance


@dataclass(frozen=True)
class Motion:
    """How boxes move and how well they are measured.

    Attributes:
        form: of the box in the filter.
        process: noise of position and velocity per square root of a unit of time.
        measurement: of one detection.
        first: of position and velocity of a new track.
        integrated: whether the noise of the velocity also moves the position within a step (a
            Wiener process), so that two half steps are exactly one whole one.
    """

    form: WidthForm
    process: Spread
    measurement: Spread
    first: Spread
    integrated: bool

    def initiate(self, measurements: Array) -> Array:
        """Return the state [N, 20] of new tracks at rest."""
        state = np.zeros((len(measurements), SIZE))
        state[:, P] = measurements
        first = self.first.variance(measurements[:, HEIGHT])
        state[:, PP], state[:, VV] = first[:, :4], first[:, 4:]
        return state

    def predict(self, state: Array, time: float) -> None:
        """Move all tracks on by a time."""
        noise = self.process.variance(state[:, HEIGHT])
        noise_p, noise_v = noise[:, :4], noise[:, 4:]
        if self.integrated:
            noise_p += noise_v * (time * time / 3)
        pv, vv = state[:, PV], state[:, VV]
        state[:, P] += time * state[:, V]
        grown = pv + time * vv
        state[:, PP] += time * (pv + grown + noise_p)
        state[:, PV] = grown + noise_v * (time * time / 2) if self.integrated else grown
        vv += time * noise_v

    def loosen(self, state: Array, measurements: Array, time: Array) -> None:
        """Let tracks that were seen once have the velocity that a second sight asks for.

        Nothing is known of their velocity, so the variance is what the displacement in `time`
        makes of it, if that is larger (the two-point start of a track).

        Args:
            state: [N, 20], predicted.
            measurements: [N, 4].
            time: [N, 1], since the first sight.
        """
        asked = np.square((measurements[:, :2] - state[:, :2]) / time)
        more = np.maximum(asked - state[:, VV][:, :2], 0.0)
        state[:, VV][:, :2] += more
        state[:, PV][:, :2] += more * time
        state[:, PP][:, :2] += more * time * time

    def innovation(self, state: Array) -> Array:
        """Return the variance [N, 4] of what is expected to be measured."""
        return state[:, PP] + self.measurement.variance(state[:, HEIGHT])

    def update(self, state: Array, measurements: Array, doubt: Array | None = None) -> None:
        """Correct each track by its own measurement.

        Args:
            state: [N, 20].
            measurements: [N, 4].
            doubt: [N], how many times larger the variance of each measurement is than usual.
        """
        residual = measurements - state[:, P]
        noise = self.measurement.variance(state[:, HEIGHT])
        if doubt is not None:
            noise *= doubt[:, None]
        variance = state[:, PP] + noise
        pp, pv = state[:, PP], state[:, PV]
        gain_p, gain_v = pp / variance, pv / variance
        state[:, P] += gain_p * residual
        state[:, V] += gain_v * residual
        state[:, VV] -= gain_v * pv
        pv -= gain_p * pv
        pp -= gain_p * pp


PUBLISHED = Motion(
    # DeepSORT's constants (Wojke et al. 2017), which FairMOT uses; the unit of time is a frame.
    form=AspectForm(),
    process=Spread(
        [1 / 20, 1 / 20, 0, 1 / 20, 1 / 160, 1 / 160, 0, 1 / 160], [0, 0, 1e-2, 0, 0, 0, 1e-5, 0]
    ),
    measurement=Spread([1 / 20, 1 / 20, 0, 1 / 20], [0, 0, 1e-1, 0]),
    first=Spread(
        [2 / 20, 2 / 20, 0, 2 / 20, 10 / 160, 10 / 160, 0, 10 / 160],
        [0, 0, 1e-2, 0, 0, 0, 1e-5, 0],
    ),
    integrated=False,
)


def warp(state: Array, motion: Array, form: WidthForm) -> None:
    """Carry tracks along with the camera.

    Centre and its velocity turn and scale with the image, height and width scale, an aspect
    stays. What little correlation between x and y a rotation makes is left out.

    Args:
        state: [N, 20].
        motion: [2, 3], maps pixels of the previous image to this one.
        form: of the boxes.
    """
    linear, shift = motion[:, :2], motion[:, 2]
    scale = abs(linear[0, 0] * linear[1, 1] - linear[0, 1] * linear[1, 0])
    scales = np.array([1.0 if isinstance(form, AspectForm) else scale, scale])
    state[:, 0:2] = state[:, 0:2] @ linear.T + shift
    state[:, 4:6] = state[:, 4:6] @ linear.T
    state[:, 2:4] *= np.sqrt(scales)
    state[:, 6:8] *= np.sqrt(scales)
    for block in (PP, PV, VV):
        x = block.start
        state[:, x : x + 2] = state[:, x : x + 2] @ (linear**2).T
        state[:, x + 2 : x + 4] *= scales
