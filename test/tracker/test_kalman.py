"""The block form of the filter against the textbook's matrices."""

import numpy as np
import pytest

from fairmot_ros.tracker import kalman


def as_matrix(blocks: np.ndarray) -> np.ndarray:
    """Write out [4, 3] blocks as the 8 x 8 covariance."""
    matrix = np.zeros((8, 8))
    for i, (pp, pv, vv) in enumerate(blocks):
        matrix[i, i], matrix[i + 4, i + 4] = pp, vv
        matrix[i, i + 4] = matrix[i + 4, i] = pv
    return matrix


@pytest.fixture
def tracks() -> tuple[np.ndarray, np.ndarray]:
    measured = np.array([[100, 200, 0.4, 80], [400, 300, 0.5, 120.0]])
    mean, covariance = kalman.initiate(measured)
    for step in range(3):
        mean, covariance = kalman.predict(mean, covariance)
        mean, covariance = kalman.update(mean, covariance, measured + 2 * step)
    return mean, covariance


def test_predict(tracks: tuple[np.ndarray, np.ndarray]) -> None:
    mean, covariance = tracks
    got_mean, got_covariance = kalman.predict(mean, covariance)
    transition = np.eye(8) + np.eye(8, k=4)
    for i in range(2):
        h = mean[i, 3]
        noise = np.diag(np.square([h / 20, h / 20, 1e-2, h / 20, h / 160, h / 160, 1e-5, h / 160]))
        assert got_mean[i] == pytest.approx(transition @ mean[i])
        expected = transition @ as_matrix(covariance[i]) @ transition.T + noise
        assert as_matrix(got_covariance[i]) == pytest.approx(expected)


def test_two_half_steps_are_about_one(tracks: tuple[np.ndarray, np.ndarray]) -> None:
    whole = kalman.predict(*tracks, frames=2.0)
    halves = kalman.predict(*kalman.predict(*tracks, frames=1.0), frames=1.0)
    assert whole[0] == pytest.approx(halves[0])
    assert whole[1] == pytest.approx(halves[1], rel=0.05, abs=1e-3)


def test_update_and_gate(tracks: tuple[np.ndarray, np.ndarray]) -> None:
    mean, covariance = tracks
    measured = np.array([[110, 190, 0.45, 82], [390, 310, 0.48, 118.0]])
    got_mean, got_covariance = kalman.update(mean, covariance, measured)
    distance = kalman.squared_mahalanobis(mean, covariance, measured)
    observe = np.eye(4, 8)
    for i in range(2):
        h, full = mean[i, 3], as_matrix(covariance[i])
        noise = np.diag(np.square([h / 20, h / 20, 1e-1, h / 20]))
        innovation = observe @ full @ observe.T + noise
        gain = full @ observe.T @ np.linalg.inv(innovation)
        residual = measured[i] - mean[i, :4]
        assert got_mean[i] == pytest.approx(mean[i] + gain @ residual)
        expected = full - gain @ innovation @ gain.T
        assert as_matrix(got_covariance[i]) == pytest.approx(expected, abs=1e-9)
        for j in range(2):
            residual = measured[j] - mean[i, :4]
            squared = residual @ np.linalg.inv(innovation) @ residual
            assert distance[i, j] == pytest.approx(squared)


def test_warp_moves_turns_and_scales(tracks: tuple[np.ndarray, np.ndarray]) -> None:
    mean, covariance = tracks
    same = kalman.warp(mean, covariance, np.eye(2, 3))
    assert same[0] == pytest.approx(mean)
    assert same[1] == pytest.approx(covariance)
    quarter_turn_doubled = np.array([[0, -2, 5], [2, 0, 7.0]])
    turned, spread = kalman.warp(mean, covariance, quarter_turn_doubled)
    assert turned[0, 0] == pytest.approx(-2 * mean[0, 1] + 5)
    assert turned[0, 1] == pytest.approx(2 * mean[0, 0] + 7)
    assert turned[0, 2] == mean[0, 2]
    assert turned[0, 3] == pytest.approx(2 * mean[0, 3])
    assert spread[0, 0] == pytest.approx(4 * covariance[0, 1])
