"""The block form of the filter against the textbook's matrices."""

import numpy as np
import pytest

from fairmot_ros.tracker import kalman
from fairmot_ros.tracker.association import MOTION
from fairmot_ros.tracker.boxes import AspectForm, WidthForm
from fairmot_ros.tracker.kalman import HEIGHT, PP, PUBLISHED, PV, VV, P, V

MEASURED = np.array([[100, 200, 0.4, 80], [400, 300, 0.5, 120.0]])


def as_matrix(state: np.ndarray) -> np.ndarray:
    """Write out the blocks of one track as the 8 x 8 covariance."""
    matrix = np.zeros((8, 8))
    for i in range(4):
        matrix[i, i], matrix[i + 4, i + 4] = state[PP][i], state[VV][i]
        matrix[i, i + 4] = matrix[i + 4, i] = state[PV][i]
    return matrix


@pytest.fixture
def state() -> np.ndarray:
    state = PUBLISHED.initiate(MEASURED)
    for step in range(3):
        PUBLISHED.predict(state, 1.0)
        PUBLISHED.update(state, MEASURED + 2 * step)
    return state


def test_predict(state: np.ndarray) -> None:
    before = state.copy()
    PUBLISHED.predict(state, 1.0)
    transition = np.eye(8) + np.eye(8, k=4)
    for i in range(2):
        h = before[i, HEIGHT]
        noise = np.diag(np.square([h / 20, h / 20, 1e-2, h / 20, h / 160, h / 160, 1e-5, h / 160]))
        assert state[i, :8] == pytest.approx(transition @ before[i, :8])
        expected = transition @ as_matrix(before[i]) @ transition.T + noise
        assert as_matrix(state[i]) == pytest.approx(expected)


def test_two_half_steps_are_one_whole(state: np.ndarray) -> None:
    """In the time-correct filter the frame rate makes no difference."""
    state[:, 7] = 0  # noise follows the height: keep it
    whole, halves = state.copy(), state.copy()
    MOTION.predict(whole, 0.2)
    for _ in range(4):
        MOTION.predict(halves, 0.05)
    assert halves == pytest.approx(whole, rel=1e-9)


def test_update(state: np.ndarray) -> None:
    measured = np.array([[110, 190, 0.45, 82], [390, 310, 0.48, 118.0]])
    before = state.copy()
    PUBLISHED.update(state, measured)
    observe = np.eye(4, 8)
    for i in range(2):
        h, full = before[i, HEIGHT], as_matrix(before[i])
        noise = np.diag(np.square([h / 20, h / 20, 1e-1, h / 20]))
        innovation = observe @ full @ observe.T + noise
        assert PUBLISHED.innovation(before)[i] == pytest.approx(np.diag(innovation))
        gain = full @ observe.T @ np.linalg.inv(innovation)
        residual = measured[i] - before[i, P]
        assert state[i, :8] == pytest.approx(before[i, :8] + gain @ residual)
        expected = full - gain @ innovation @ gain.T
        assert as_matrix(state[i]) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize('form', [AspectForm(), WidthForm()])
def test_warp_moves_turns_and_scales(state: np.ndarray, form: WidthForm) -> None:
    before = state.copy()
    kalman.warp(state, np.eye(2, 3), form)
    assert state == pytest.approx(before)
    quarter_turn_doubled = np.array([[0, -2, 5], [2, 0, 7.0]])
    kalman.warp(state, quarter_turn_doubled, form)
    shape_scale = 1 if isinstance(form, AspectForm) else 2
    assert state[0, 0] == pytest.approx(-2 * before[0, 1] + 5)
    assert state[0, 1] == pytest.approx(2 * before[0, 0] + 7)
    assert state[0, V][:2] == pytest.approx([-2 * before[0, 5], 2 * before[0, 4]])
    assert state[0, 2] == pytest.approx(shape_scale * before[0, 2])
    assert state[0, 3] == pytest.approx(2 * before[0, 3])
    assert state[0, PP][0] == pytest.approx(4 * before[0, PP][1])
    assert state[0, VV][3] == pytest.approx(4 * before[0, VV][3])


@pytest.mark.parametrize('form', [AspectForm(), WidthForm()])
def test_forms_keep_the_box(form: WidthForm) -> None:
    boxes = np.array([[10, 20, 30, 90], [0, 0, 50, 20.0]])
    centred = form.of_xywh(boxes)
    assert form.to_xywh(centred) == pytest.approx(boxes)
    assert form.to_xyxy(centred) == pytest.approx(np.array([[10, 20, 40, 110], [0, 0, 50, 20]]))
    covariance = form.size_covariance(centred, np.full((2, 4), 0.1))
    assert (np.linalg.eigvalsh(covariance) > 0).all()
