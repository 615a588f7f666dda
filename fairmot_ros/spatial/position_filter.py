# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""A Kalman filter of people's positions and velocities, in metres, in a fixed frame.

People stand or walk steadily most of the time, so the process noise is low and a velocity is known
to some centimetres per second. Starting, stopping and turning show as innovations that all point
in one direction: then the velocity is taken as unknown again. What is returned allows for people
who stand, see `allow_for_standing`; the filter itself goes on without, so that it notices a start.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fairmot_ros.spatial.standing import allow_for_standing

Array = NDArray[np.float64]

#: Numbers of a measurement, in m and m², that are too large to be one.
LARGEST = 1e8
#: Standard deviation of the velocity of a new track, metres per second.
INITIAL_SPEED = 1.0
#: Spectral density of the acceleration noise, m²/s³: of measured tracks, and of those that have
#: not been measured for `BRIDGED` seconds, who may turn without being seen to.
PROCESS_NOISE, UNSEEN_PROCESS_NOISE = 0.002, 0.3
BRIDGED = 0.3
#: Squared Mahalanobis distance above which a measurement has less weight: the 99.9 % quantile.
GATE = 16.3
#: Time constant, in seconds, of the mean innovation that shows a manoeuvre.
MANOEUVRE_SECONDS = 0.4
#: Squared length of the mean innovation, in its standard deviations, above which a manoeuvre is
#: detected.
MANOEUVRE_EVIDENCE = 20.0
#: Standard deviation of the change of velocity in a manoeuvre, metres per second.
MANOEUVRE_SPEED = 0.7


@dataclass
class _Tracks:
    """N tracks.

    Attributes:
        ids: int64 [N].
        means: [N, 6], position and velocity.
        covariances: [N, 6, 6].
        measured: [N], time of the last measurement.
        innovations: [N, 3], mean of the whitened innovations.
        weights: [N], variance of that mean if the filter's noise is right.
    """

    ids: NDArray[np.int64]
    means: Array
    covariances: Array
    measured: Array
    innovations: Array
    weights: Array

    @property
    def manoeuvre(self) -> Array:
        """Evidence [N] of a manoeuvre: squared Mahalanobis distances of the mean innovations."""
        return np.square(self.innovations).sum(axis=1) / np.maximum(self.weights, 1e-9)

    @staticmethod
    def new(ids: NDArray[np.int64], positions: Array, noise: Array, stamp: float) -> _Tracks:
        """Return tracks of one measurement each."""
        count = len(ids)
        covariances = np.zeros((count, 6, 6))
        covariances[:, :3, :3] = noise
        covariances[:, 3:, 3:] = INITIAL_SPEED**2 * np.eye(3)
        means = np.hstack((positions, np.zeros((count, 3))))
        return _Tracks(
            ids, means, covariances, np.full(count, stamp), np.zeros((count, 3)), np.zeros(count)
        )

    def take(self, rows: NDArray) -> _Tracks:
        return _Tracks(*(getattr(self, spec.name)[rows] for spec in fields(self)))

    def joined(self, other: _Tracks) -> _Tracks:
        pairs = ((getattr(self, s.name), getattr(other, s.name)) for s in fields(self))
        return _Tracks(*map(np.concatenate, pairs))


@dataclass(frozen=True)
class PositionEstimates:
    """Where people are; rows that were never measured hold NaN.

    Attributes:
        means: float64 [N, 6], position in metres and velocity in metres per second.
        covariances: float64 [N, 6, 6].
        measured: bool [N], in this frame; otherwise predicted.
    """

    means: Array
    covariances: Array
    measured: NDArray[np.bool_]

    @property
    def known(self) -> NDArray[np.bool_]:
        """Mask of the rows that have a position, bool [N]."""
        return np.isfinite(self.means[:, 0])


class PositionFilter:
    """One filter for each track of a camera."""

    def __init__(self) -> None:
        """Start without tracks."""
        self.reset()

    def reset(self) -> None:
        """Drop all tracks."""
        self._stamp = -np.inf
        self._tracks = _Tracks.new(
            np.zeros(0, np.int64), np.zeros((0, 3)), np.zeros((0, 3, 3)), 0.0
        )

    def update(
        self, stamp: float, ids: ArrayLike, positions: ArrayLike, covariances: ArrayLike
    ) -> PositionEstimates:
        """Predict all tracks to a time, and correct those that were measured.

        Args:
            stamp: seconds, greater than the last one.
            ids: [N], of all tracks that are still alive, each once; the others are dropped.
            positions: [N, 3] metres, NaN where a track was not measured.
            covariances: [N, 3, 3] of the positions; ignored where a track was not measured.

        Returns:
            The estimates of these N tracks.
        """
        ids = np.asarray(ids, np.int64)
        positions = np.asarray(positions, np.float64).reshape(-1, 3)
        covariances = np.asarray(covariances, np.float64).reshape(-1, 3, 3)
        numbers = np.hstack((positions, covariances.reshape(-1, 9)))
        measured = np.asarray((np.abs(numbers) < LARGEST).all(axis=1))  # false for NaN
        self._tracks = self._tracks.take(np.isin(self._tracks.ids, ids))
        if len(self._tracks.ids):
            self._predict(stamp)
        rows = _rows(self._tracks.ids, ids)
        old, new = measured & (rows >= 0), measured & (rows < 0)
        if old.any():
            self._correct(rows[old], positions[old], covariances[old], stamp)
        if new.any():
            spawned = _Tracks.new(ids[new], positions[new], covariances[new], stamp)
            self._tracks = self._tracks.joined(spawned)
            rows = _rows(self._tracks.ids, ids)
        self._stamp = stamp
        return self._estimates(rows, measured)

    def _predict(self, stamp: float) -> None:
        tracks, step = self._tracks, max(stamp - self._stamp, 0.0)
        bridged = stamp - tracks.measured <= BRIDGED
        noise = np.where(bridged, PROCESS_NOISE, UNSEEN_PROCESS_NOISE)
        transition = np.eye(6)
        transition[:3, 3:] = step * np.eye(3)
        integral = [[step**3 / 3, step**2 / 2], [step**2 / 2, step]]
        tracks.means = tracks.means @ transition.T
        tracks.covariances = transition @ tracks.covariances @ transition.T
        tracks.covariances += noise[:, None, None] * np.kron(integral, np.eye(3))

    def _correct(self, rows: NDArray, positions: Array, noise: Array, stamp: float) -> None:
        tracks = self._tracks
        innovations = positions - tracks.means[rows, :3]
        self._detect_manoeuvres(rows, innovations, noise, stamp)
        covariances = tracks.covariances[rows]
        spread = covariances[:, :3, :3] + noise
        distances = np.einsum(
            'ni,ni->n', innovations, np.linalg.solve(spread, innovations[..., None])[..., 0]
        )
        spread *= np.maximum(distances / GATE, 1.0)[:, None, None]
        gains = np.linalg.solve(spread, covariances[:, :3]).swapaxes(1, 2)
        tracks.means[rows] += (gains @ innovations[..., None])[..., 0]
        corrected = covariances - gains @ covariances[:, :3]
        tracks.covariances[rows] = (corrected + corrected.swapaxes(1, 2)) / 2
        tracks.measured[rows] = stamp

    def _detect_manoeuvres(
        self, rows: NDArray, innovations: Array, noise: Array, stamp: float
    ) -> None:
        """Make position and velocity uncertain where innovations point in one direction."""
        tracks = self._tracks
        root = np.linalg.cholesky(tracks.covariances[rows, :3, :3] + noise)
        whitened = np.linalg.solve(root, innovations[..., None])[..., 0]
        lengths = np.linalg.norm(whitened, axis=1, keepdims=True)
        whitened *= np.minimum(1.0, np.sqrt(GATE) / np.maximum(lengths, 1e-9))
        share = 1 - np.exp(-(stamp - tracks.measured[rows]) / MANOEUVRE_SECONDS)
        means = tracks.innovations[rows]
        means += share[:, None] * (whitened - means)
        weights = (1 - share) ** 2 * tracks.weights[rows] + share**2
        # Not before the mean holds more than one innovation.
        found = np.square(means).sum(axis=1) > MANOEUVRE_EVIDENCE * weights
        found &= tracks.weights[rows] > 0
        if found.any():
            turned = rows[found]
            errors = innovations[found]
            tracks.covariances[turned, :3, :3] += errors[:, :, None] * errors[:, None, :]
            tracks.covariances[turned, 3:, 3:] += MANOEUVRE_SPEED**2 * np.eye(3)
            means[found], weights[found] = 0.0, 0.0
        tracks.innovations[rows], tracks.weights[rows] = means, weights

    def _estimates(self, rows: NDArray, measured: NDArray[np.bool_]) -> PositionEstimates:
        means = np.full((len(rows), 6), np.nan)
        covariances = np.full((len(rows), 6, 6), np.nan)
        known = rows >= 0
        tracks = self._tracks.take(rows[known])
        means[known], covariances[known] = allow_for_standing(
            tracks.means, tracks.covariances, tracks.manoeuvre
        )
        return PositionEstimates(means, covariances, measured)


def _rows(known: NDArray[np.int64], ids: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the index of each id among known ones, -1 where it is not among them."""
    if not len(known):
        return np.full(len(ids), -1)
    order = np.argsort(known)
    places = order[np.searchsorted(known, ids, sorter=order).clip(max=len(known) - 1)]
    return np.where(known[places] == ids, places, -1)
