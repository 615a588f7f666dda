# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""A slow estimate that may be 0 becomes one; others stay."""

from __future__ import annotations

import numpy as np
import pytest

from fairmot_ros.spatial.standing import allow_for_standing


def estimate(speed: float, deviation: float) -> tuple[np.ndarray, np.ndarray]:
    """Return one person's mean and covariance; position and velocity are correlated by a half."""
    joint = np.array([[0.1**2, 0.05 * deviation], [0.05 * deviation, deviation**2]])
    return np.array([[5.0, 1, 1, speed, 0, 0]]), np.kron(joint, np.eye(3))[None]


def test_a_speed_within_its_deviation_is_that_of_a_person_who_stands() -> None:
    mean, covariance = estimate(speed=0.08, deviation=0.06)
    found, spread = allow_for_standing(mean, covariance, np.zeros(1))
    assert 0 <= found[0, 3] < 0.04
    assert 4.9 < found[0, 0] < 5.0, 'the position lags behind the wrong speed'
    assert (np.linalg.eigvalsh(spread[0]) > 0).all()
    assert spread[0, 0, 0] < covariance[0, 0, 0] and spread[0, 3, 3] < covariance[0, 3, 3]


@pytest.mark.parametrize(
    ('speed', 'deviation'), [(1.2, 0.06), (0.3, 0.03), (0.4, 1.0), (0.0, 1.0)]
)
def test_walkers_and_new_tracks_keep_their_estimate(speed: float, deviation: float) -> None:
    mean, covariance = estimate(speed, deviation)
    found, spread = allow_for_standing(mean, covariance, np.zeros(1))
    np.testing.assert_allclose(found, mean, atol=0.02)
    np.testing.assert_allclose(spread, covariance, atol=0.05 * deviation**2 + 1e-3)


def test_estimates_that_nobody_can_tell_are_no_problem() -> None:
    means = np.array([[0.0] * 6, [0, 0, 0, 1e7, 0, 0]])
    covariances = np.array([1e-12 * np.eye(6), 1e14 * np.eye(6)])
    found, spread = allow_for_standing(means, covariances, np.array([0.0, 1e9]))
    assert np.isfinite(found).all() and np.isfinite(spread).all()
    nobody = allow_for_standing(np.zeros((0, 6)), np.zeros((0, 6, 6)), np.zeros(0))
    assert nobody[0].shape == (0, 6)


def test_a_person_who_may_have_started_keeps_the_estimate() -> None:
    mean, covariance = estimate(speed=0.08, deviation=0.06)
    found, _ = allow_for_standing(mean, covariance, np.array([20.0]))
    np.testing.assert_allclose(found, mean, atol=0.01)
