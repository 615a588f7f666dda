"""Kalman filter over many boxes at once.

The state is centre x, centre y, aspect (width / height) and height, each with its velocity
per frame; the constants are those of DeepSORT (Wojke et al. 2017), which FairMOT uses. All
noise is diagonal, so the four coordinates never mix and each track's 8 x 8 covariance is four
2 x 2 blocks. They are stored as three numbers each: var(p), cov(p, v), var(v).

Shapes: mean float64 [N, 8] (positions, then velocities), covariance float64 [N, 4, 3],
measurements float64 [N, 4].
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

POSITION_WEIGHT = 1 / 20  # standard deviation as a share of the height
VELOCITY_WEIGHT = 1 / 160
GATE = 9.4877  # 0.95 quantile of chi-square with 4 degrees of freedom
HEIGHT = 3
ASPECT = 2


def _noise(height: Array, position: float, aspect: float, velocity: float | None,
           aspect_velocity: float) -> tuple[Array, Array]:
    """Return variances [N, 4] of the positions and of the velocities."""
    sigma_p = position * POSITION_WEIGHT * height
    var_p = np.repeat((sigma_p**2)[:, None], 4, axis=1)
    var_p[:, ASPECT] = aspect**2
    if velocity is None:
        return var_p, var_p
    sigma_v = velocity * VELOCITY_WEIGHT * height
    var_v = np.repeat((sigma_v**2)[:, None], 4, axis=1)
    var_v[:, ASPECT] = aspect_velocity**2
    return var_p, var_v


def initiate(measurements: Array) -> tuple[Array, Array]:
    """Return mean and covariance of new tracks at rest."""
    mean = np.concatenate((measurements, np.zeros_like(measurements)), axis=1)
    var_p, var_v = _noise(measurements[:, HEIGHT], 2.0, 1e-2, 10.0, 1e-5)
    covariance = np.stack((var_p, np.zeros_like(var_p), var_v), axis=2)
    return mean, covariance


def predict(mean: Array, covariance: Array, frames: float = 1.0) -> tuple[Array, Array]:
    """Move all tracks on by a time in frames; noise grows in proportion to it."""
    noise_p, noise_v = _noise(mean[:, HEIGHT], 1.0, 1e-2, 1.0, 1e-5)
    moved = mean.copy()
    moved[:, :4] += frames * mean[:, 4:]
    pp, pv, vv = covariance[:, :, 0], covariance[:, :, 1], covariance[:, :, 2]
    grown = np.empty_like(covariance)
    grown[:, :, 0] = pp + frames * (2 * pv + frames * vv) + frames * noise_p
    grown[:, :, 1] = pv + frames * vv
    grown[:, :, 2] = vv + frames * noise_v
    return moved, grown


def innovation_variance(mean: Array, covariance: Array) -> Array:
    """Return the variance [N, 4] of what is expected to be measured."""
    noise, _ = _noise(mean[:, HEIGHT], 1.0, 1e-1, None, 0.0)
    return covariance[:, :, 0] + noise


def update(mean: Array, covariance: Array, measurements: Array) -> tuple[Array, Array]:
    """Correct each track by its own measurement."""
    variance = innovation_variance(mean, covariance)
    residual = measurements - mean[:, :4]
    gain_p = covariance[:, :, 0] / variance
    gain_v = covariance[:, :, 1] / variance
    corrected = mean.copy()
    corrected[:, :4] += gain_p * residual
    corrected[:, 4:] += gain_v * residual
    shrunk = np.empty_like(covariance)
    shrunk[:, :, 0] = covariance[:, :, 0] - gain_p * variance * gain_p
    shrunk[:, :, 1] = covariance[:, :, 1] - gain_p * variance * gain_v
    shrunk[:, :, 2] = covariance[:, :, 2] - gain_v * variance * gain_v
    return corrected, shrunk


def squared_mahalanobis(mean: Array, covariance: Array, measurements: Array) -> Array:
    """Return the distance [N, M] of every track to every measurement."""
    variance = innovation_variance(mean, covariance)
    residual = measurements[None, :, :] - mean[:, None, :4]
    return np.einsum('nmk,nmk,nk->nm', residual, residual, 1.0 / variance)


def warp(mean: Array, covariance: Array, motion: Array) -> tuple[Array, Array]:
    """Carry tracks along with the camera.

    Centre and its velocity turn and scale with the image, the height scales, the aspect
    stays. What little correlation between x and y a rotation makes is left out.

    Args:
        mean: [N, 8].
        covariance: [N, 4, 3].
        motion: [2, 3], maps pixels of the previous image to this one.
    """
    linear, shift = motion[:, :2], motion[:, 2]
    scale = np.sqrt(abs(np.linalg.det(linear)))
    mean, covariance = mean.copy(), covariance.copy()
    mean[:, :2] = mean[:, :2] @ linear.T + shift
    mean[:, 4:6] = mean[:, 4:6] @ linear.T
    mean[:, [HEIGHT, 4 + HEIGHT]] *= scale
    covariance[:, :2] = np.einsum('ij,njk->nik', linear**2, covariance[:, :2])
    covariance[:, HEIGHT] *= scale**2
    return mean, covariance
