# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

import numpy as np
import pytest

from fairmot_ros.spatial.camera_warp import CameraWarps, camera_warp
from fairmot_ros.spatial.geometry import PinholeCamera
from fairmot_ros.spatial.transforms import Transform

CAMERA = PinholeCamera(640, 480, np.array([[500.0, 0, 320], [0, 500, 240], [0, 0, 1]]))
BOX = np.array([300.0, 180, 340, 300])  # in the middle
LEVEL = (0.0, 0.0, 0.0, 1.0)


def turned_right(degrees: float) -> Transform:
    """Return the motion of points in an optical frame when the camera turns to the right."""
    half = np.radians(-degrees) / 2
    return Transform.from_quaternion((0, 0, 0), (0, float(np.sin(half)), 0, float(np.cos(half))))


def warped(warp: np.ndarray, points: np.ndarray) -> np.ndarray:
    return points @ warp[:, :2].T + warp[:, 2]


def test_a_turn_to_the_right_moves_the_image_to_the_left() -> None:
    warp = camera_warp(CAMERA, turned_right(1.0), [BOX], [np.nan])
    assert warp is not None
    shift = -500 * np.tan(np.radians(1.0))
    np.testing.assert_allclose(
        warped(warp, np.array([[320.0, 240.0]])), [[320 + shift, 240]], atol=0.3
    )
    np.testing.assert_allclose(warp[:, :2], np.eye(2), atol=2e-3)


def test_near_people_move_more_than_far_ones() -> None:
    sideways = Transform.from_quaternion((-0.1, 0, 0), LEVEL)  # the camera moves to the right
    for depth, shift in ((2.0, -25.0), (10.0, -5.0), (np.nan, 0.0)):
        warp = camera_warp(CAMERA, sideways, [BOX], [depth])
        assert warp is not None
        np.testing.assert_allclose(warp[:, 2], (shift, 0), atol=0.02)


def test_an_approach_enlarges() -> None:
    warp = camera_warp(CAMERA, Transform.from_quaternion((0, 0, -1), LEVEL), [BOX], [5.0])
    assert warp is not None
    np.testing.assert_allclose(warp[:, :2], 1.25 * np.eye(2), atol=1e-9)


def test_several_people_share_the_best_motion() -> None:
    sideways = Transform.from_quaternion((-0.1, 0, 0), LEVEL)
    boxes = [BOX, BOX + np.array([100, 0, 100, 0])]
    warp = camera_warp(CAMERA, sideways, boxes, [5.0, 5.0])
    assert warp is not None
    np.testing.assert_allclose(warp, [[1, 0, -10], [0, 1, 0]], atol=1e-9)


def test_without_people_the_middle_of_the_image_counts() -> None:
    warp = camera_warp(CAMERA, turned_right(1.0), [], [])
    assert warp is not None
    assert warped(warp, np.array([[320.0, 240.0]]))[0, 0] == pytest.approx(311.2, abs=1.0)


def test_people_behind_the_camera_have_no_motion() -> None:
    passed = Transform.from_quaternion((0, 0, -3), LEVEL)
    assert camera_warp(CAMERA, passed, [BOX], [2.0]) is None


def test_the_motion_is_that_between_two_known_poses() -> None:
    warps = CameraWarps()
    start = Transform.identity()
    ahead = Transform.from_quaternion((0, 0, 1), LEVEL)
    assert warps.advance(CAMERA, start) is None
    warps.note([BOX], [5.0])
    warp = warps.advance(CAMERA, ahead)
    assert warp is not None
    np.testing.assert_allclose(warp[:, :2], 1.25 * np.eye(2), atol=1e-9)
    assert warps.advance(None, None) is None
    assert warps.advance(CAMERA, start) is None  # the pose before is not known
    warps.reset()
    assert warps.advance(CAMERA, start) is None
