# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Kalman filter in block form, compared with 8 x 8 matrices."""

import numpy as np
import pytest

from fairmot_ros.tracker.motion import kalman
from fairmot_ros.tracker.motion.kalman import HEIGHT, PP, PV, SHAPE, VV, P, V
from fairmot_ros.tracker.motion.models import DEFAULT_MOTION, REFERENCE_MOTION
from fairmot_ros.tracker.motion.parametrizations import XyahParametrization, XywhParametrization

MEASUREMENTS = np.array([[100, 200, 0.4, 80], [400, 300, 0.5, 120.0]]).T


def as_vector(state: np.ndarray, track: int) -> np.ndarray:
    """Return position and velocity [8] of one track."""
    return state[:2, :, track].ravel()


def as_matrix(state: np.ndarray, track: int) -> np.ndarray:
    """Return the 8 x 8 covariance of one track, assembled from its blocks."""
    matrix = np.zeros((8, 8))
    for i in range(4):
        matrix[i, i], matrix[i + 4, i + 4] = state[PP, i, track], state[VV, i, track]
        matrix[i, i + 4] = matrix[i + 4, i] = state[PV, i, track]
    return matrix


@pytest.fixture
def state() -> np.ndarray:
    state = REFERENCE_MOTION.initiate(MEASUREMENTS)
    for step in range(3):
        REFERENCE_MOTION.predict(state, 1.0)
        REFERENCE_MOTION.update(state, MEASUREMENTS + 2 * step)
    return state


def test_predict(state: np.ndarray) -> None:
    before = state.copy()
    REFERENCE_MOTION.predict(state, 1.0)
    transition = np.eye(8) + np.eye(8, k=4)
    for i in range(2):
        h = before[P, HEIGHT, i]
        noise = np.diag(np.square([h / 20, h / 20, 1e-2, h / 20, h / 160, h / 160, 1e-5, h / 160]))
        assert as_vector(state, i) == pytest.approx(transition @ as_vector(before, i))
        expected = transition @ as_matrix(before, i) @ transition.T + noise
        assert as_matrix(state, i) == pytest.approx(expected)


def test_short_steps_equal_one_long_step(state: np.ndarray) -> None:
    """The default motion model does not depend on the frame rate."""
    state[V, HEIGHT] = 0  # constant height, as noise is proportional to it
    whole, halves = state.copy(), state.copy()
    DEFAULT_MOTION.predict(whole, 0.2)
    for _ in range(4):
        DEFAULT_MOTION.predict(halves, 0.05)
    assert halves == pytest.approx(whole, rel=1e-9)


def test_update(state: np.ndarray) -> None:
    measured = np.array([[110, 190, 0.45, 82], [390, 310, 0.48, 118.0]]).T
    before = state.copy()
    REFERENCE_MOTION.update(state, measured)
    observe = np.eye(4, 8)
    for i in range(2):
        h, full = before[P, HEIGHT, i], as_matrix(before, i)
        noise = np.diag(np.square([h / 20, h / 20, 1e-1, h / 20]))
        innovation = observe @ full @ observe.T + noise
        assert REFERENCE_MOTION.innovation(before)[:, i] == pytest.approx(np.diag(innovation))
        gain = full @ observe.T @ np.linalg.inv(innovation)
        residual = measured[:, i] - before[P, :, i]
        assert as_vector(state, i) == pytest.approx(as_vector(before, i) + gain @ residual)
        expected = full - gain @ innovation @ gain.T
        assert as_matrix(state, i) == pytest.approx(expected, abs=1e-9)


def test_scale_multiplies_the_variance_of_the_measurement(state: np.ndarray) -> None:
    before, scale = state.copy(), np.array([1.0, 3.0])
    REFERENCE_MOTION.update(state, MEASUREMENTS + 9, scale)
    noise = REFERENCE_MOTION.measurement.variance(before[P, HEIGHT]) * scale
    gain = before[PP] / (before[PP] + noise)
    assert state[P] == pytest.approx(before[P] + gain * (MEASUREMENTS + 9 - before[P]))
    assert state[PP] == pytest.approx((1 - gain) * before[PP])


def test_velocity_variance_is_raised_to_the_square_of_the_first_velocity() -> None:
    """The centre of the first track moves by 400 pixels in half a second, the second's not."""
    state = DEFAULT_MOTION.initiate(MEASUREMENTS)
    DEFAULT_MOTION.predict(state, 0.5)
    before = state.copy()
    measured = MEASUREMENTS + np.array([[400, 0], [0, 0], [50, 50], [50, 50]])
    DEFAULT_MOTION.inflate_velocity_variance(state, measured, np.full(2, 0.5))
    more = 800.0**2 - before[VV, 0, 0]
    assert more > 0
    expected = before.copy()
    expected[PP : VV + 1, 0, 0] += np.array([0.25, 0.5, 1.0]) * more
    assert state == pytest.approx(expected)


@pytest.mark.parametrize('parametrization', [XyahParametrization(), XywhParametrization()])
def test_warp_shifts_rotates_and_scales(
    state: np.ndarray, parametrization: XywhParametrization
) -> None:
    before = state.copy()
    kalman.warp(state, np.eye(2, 3), parametrization)
    assert state == pytest.approx(before)
    quarter_turn_doubled = np.array([[0, -2, 5], [2, 0, 7.0]])
    kalman.warp(state, quarter_turn_doubled, parametrization)
    shape_scale = 1 if isinstance(parametrization, XyahParametrization) else 2
    assert state[P, 0] == pytest.approx(-2 * before[P, 1] + 5)
    assert state[P, 1] == pytest.approx(2 * before[P, 0] + 7)
    assert state[V, :2] == pytest.approx(np.stack((-2 * before[V, 1], 2 * before[V, 0])))
    assert state[P, SHAPE] == pytest.approx(shape_scale * before[P, SHAPE])
    assert state[P, HEIGHT] == pytest.approx(2 * before[P, HEIGHT])
    assert state[PP, 0] == pytest.approx(4 * before[PP, 1])
    assert state[VV, HEIGHT] == pytest.approx(4 * before[VV, HEIGHT])
    assert state[PV, SHAPE] == pytest.approx(shape_scale**2 * before[PV, SHAPE])


def test_parts_of_a_covariance_are_mixed_by_a_shear(state: np.ndarray) -> None:
    """Variances of a sum of independent coordinates: the squares of the factors count."""
    before = state.copy()
    kalman.warp(state, np.array([[1, 0.5, 0], [0, 1, 0.0]]), XywhParametrization())
    assert state[PP, 0] == pytest.approx(before[PP, 0] + 0.25 * before[PP, 1])
    assert state[P, 0] == pytest.approx(before[P, 0] + 0.5 * before[P, 1])
    assert state[P, HEIGHT] == pytest.approx(before[P, HEIGHT])


@pytest.mark.parametrize('parametrization', [XyahParametrization(), XywhParametrization()])
def test_parametrization_round_trip(parametrization: XywhParametrization) -> None:
    boxes = np.array([[10, 20, 30, 90], [0, 0, 50, 20.0]]).T
    centred = parametrization.from_xywh(boxes)
    assert parametrization.to_xywh(centred) == pytest.approx(boxes)
    corners = np.array([[10, 20, 40, 110], [0, 0, 50, 20]]).T
    assert parametrization.to_xyxy(centred) == pytest.approx(corners)
    covariance = parametrization.size_covariance(centred, np.full((4, 2), 0.1))
    assert (np.linalg.eigvalsh(covariance) > 0).all()


def test_covariance_of_a_width_is_that_of_aspect_times_height() -> None:
    """Width = aspect * height: var(w) = h² var(a) + a² var(h), cov(w, h) = a var(h)."""
    centred, variance = np.array([[5, 6, 0.5, 80]]).T, np.array([[1, 2, 0.01, 9]]).T
    (covariance,) = XyahParametrization().size_covariance(centred, variance)
    expected = np.diag([1, 2, 64 + 2.25, 9])
    expected[2, 3] = expected[3, 2] = 4.5
    assert covariance == pytest.approx(expected)
    (covariance,) = XywhParametrization().size_covariance(centred, variance)
    assert covariance == pytest.approx(np.diag([1, 2, 0.01, 9]))
