# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from scipy.spatial.transform import Rotation, Slerp

from fairmot_ros.spatial.transforms import (
    OPTICAL,
    Transform,
    interpolate_rotation,
    normalized,
    quaternion_about_z,
    quaternion_of_camera,
    rotation_matrix,
)


@pytest.fixture
def quaternions() -> np.ndarray:
    return Rotation.random(20, random_state=3).as_quat()


def test_rotations_are_those_of_scipy(quaternions: np.ndarray) -> None:
    for quaternion in quaternions:
        expected = Rotation.from_quat(quaternion).as_matrix()
        np.testing.assert_allclose(rotation_matrix(quaternion), expected, atol=1e-12)


def test_rotations_are_interpolated_as_by_scipy(quaternions: np.ndarray) -> None:
    for first, second in pairwise(quaternions):
        between = Slerp([0, 1], Rotation.from_quat([first, second]))
        for share in (0.0, 0.3, 1.0):
            found = Rotation.from_quat(interpolate_rotation(first, second, share))
            assert (found * between(share).inv()).magnitude() < 1e-6


def test_nearly_equal_rotations_are_interpolated() -> None:
    near = quaternion_about_z(0.01)
    assert interpolate_rotation((0, 0, 0, 1), near, 0.5) == pytest.approx(
        quaternion_about_z(0.005), abs=1e-9
    )


def test_transforms_are_applied_one_after_the_other(quaternions: np.ndarray) -> None:
    first = Transform.from_quaternion((1, 2, 3), quaternions[0])
    second = Transform.from_quaternion((-4, 5, 0.5), quaternions[1])
    points = np.random.default_rng(0).normal(size=(5, 3))
    both = second @ first
    np.testing.assert_allclose(both.apply(points), second.apply(first.apply(points)))
    np.testing.assert_allclose(both.inverse().apply(both.apply(points)), points, atol=1e-12)


def test_covariances_turn_with_their_points(quaternions: np.ndarray) -> None:
    turn = Transform.from_quaternion((9, 9, 9), quaternions[2])
    points = np.random.default_rng(0).normal(size=(50, 3)) * (1, 2, 5)
    expected = np.cov(turn.apply(points).T)
    np.testing.assert_allclose(turn.rotate(np.cov(points.T)[None])[0], expected)


@pytest.mark.parametrize('quaternion', [(0, 0, 0, 0), (0, 0, 0, 2), (0, 0, 0, math.nan)])
def test_a_quaternion_of_another_length_is_refused(quaternion: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match='the quaternion has the length .*; expected 1'):
        normalized(quaternion)
    assert normalized((0, 0, 0, 1.001)) == (0, 0, 0, 1)


def test_a_camera_that_looks_ahead_sees_what_is_ahead_along_z() -> None:
    ahead = Transform.from_quaternion((0, 0, 1), quaternion_of_camera(0, 0, 0))
    np.testing.assert_allclose(ahead.apply([[0.2, 0.3, 4]]), [[4, -0.2, 0.7]], atol=1e-12)
    down = Transform.from_quaternion((0, 0, 1), quaternion_of_camera(0, 0.1, 0))
    np.testing.assert_allclose(
        down.apply([[0, 0, 1]]), [[np.cos(0.1), 0, 1 - np.sin(0.1)]], atol=1e-12
    )
    angles = 0.3, -0.2, 1.1
    expected = Rotation.from_euler('xyz', angles) * Rotation.from_quat(OPTICAL)
    np.testing.assert_allclose(quaternion_of_camera(*angles), expected.as_quat(), atol=1e-12)
