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


@pytest.mark.parametrize('parametrization', [XyahParametrization(), XywhParametrization()])
def test_parametrization_round_trip(parametrization: XywhParametrization) -> None:
    boxes = np.array([[10, 20, 30, 90], [0, 0, 50, 20.0]]).T
    centred = parametrization.from_xywh(boxes)
    assert parametrization.to_xywh(centred) == pytest.approx(boxes)
    corners = np.array([[10, 20, 40, 110], [0, 0, 50, 20]]).T
    assert parametrization.to_xyxy(centred) == pytest.approx(corners)
    covariance = parametrization.size_covariance(centred, np.full((4, 2), 0.1))
    assert (np.linalg.eigvalsh(covariance) > 0).all()
