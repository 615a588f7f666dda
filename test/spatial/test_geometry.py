# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Positions of people: projected into images from known places, then located again."""

import numpy as np
import pytest

from fairmot_ros.spatial.geometry import PinholeCamera, locate_by_depth, locate_on_ground

MATRIX = np.array([[500.0, 0, 320.0], [0, 510.0, 240.0], [0, 0, 1]])


@pytest.fixture(params=[(), (-0.2, 0.05, 0.001, -0.002, 0.0)], ids=['rectified', 'distorted'])
def camera(request: pytest.FixtureRequest) -> PinholeCamera:
    return PinholeCamera(640, 480, MATRIX, np.array(request.param, float))


def project(camera: PinholeCamera, points: np.ndarray) -> np.ndarray:
    import cv2

    distortion = camera.distortion if len(camera.distortion) else None
    pixels, _ = cv2.projectPoints(
        points.reshape(-1, 1, 3), np.zeros(3), np.zeros(3), camera.matrix, distortion
    )
    return pixels.reshape(-1, 2)


def standing(
    camera: PinholeCamera,
    x: float,
    forward: float,
    tall: float,
    wide: float,
    height: float,
    pitch: float,
) -> tuple[np.ndarray, np.ndarray]:
    """Return box and centre of a standing person; x and forward are along the floor in metres."""
    down = np.array([0, np.cos(pitch), np.sin(pitch)])
    ahead = np.array([0, -np.sin(pitch), np.cos(pitch)])
    feet = np.array([x, 0, 0]) + forward * ahead + height * down
    ends = project(camera, np.array([feet, feet - tall * down]))
    half = wide * camera.focal_lengths[0] / feet[2] / 2
    box = np.array([ends[0, 0] - half, ends[1, 1], ends[0, 0] + half, ends[0, 1]])
    return box, feet - down * tall / 2


@pytest.mark.parametrize('pitch', [0.0, 0.3])
def test_people_on_the_ground_are_located(camera: PinholeCamera, pitch: float) -> None:
    cases = [standing(camera, x, z, 1.7, 0.5, 2.0, pitch) for x, z in ((0, 6), (0.4, 8), (-1, 9))]
    found = locate_on_ground(camera, [box for box, _ in cases], 2.0, pitch)
    assert found.known.all()
    # With distortion, head and feet have slightly different x, but a box has only one centre.
    np.testing.assert_allclose(found.centres, [m for _, m in cases], atol=0.05)
    np.testing.assert_allclose(found.sizes, [(0.5, 1.7)] * 3, atol=0.03)


def test_invisible_or_distant_feet_are_not_located() -> None:
    camera = PinholeCamera(640, 480, MATRIX)
    boxes = [
        (300, top, 340, bottom)
        for top, bottom in ((100, 479.5), (100, 200), (100, 241), (50, 400))
    ]
    found = locate_on_ground(camera, boxes, 1.0, 0.0, max_range=20.0)
    assert found.known.tolist() == [False, False, False, True]


def test_depth_of_the_torso_is_used(camera: PinholeCamera) -> None:
    depth = np.full((480, 640), 9.0, np.float32)  # a wall behind
    depth[150:330, 306:334] = 3.0
    depth[200:210] = np.nan
    depth[220:230] = 0.0
    boxes = [(290, 120, 350, 360), (0, 0, 40, 80), (-90, -90, -9, -9)]
    found = locate_by_depth(camera, depth, boxes)
    assert found.known.tolist() == [True, True, False]
    np.testing.assert_allclose(found.centres[0], (0, 0, 3.0), atol=1e-6)
    np.testing.assert_allclose(found.sizes[0], (60 * 3 / 500, 240 * 3 / 510))
    assert found.centres[1, 2] == 9.0


def test_no_boxes_give_no_positions() -> None:
    camera = PinholeCamera(640, 480, MATRIX)
    assert len(locate_on_ground(camera, [], 1.0, 0.0).centres) == 0
    assert len(locate_by_depth(camera, np.zeros((480, 640), np.float32), []).centres) == 0


def test_uncalibrated_camera_raises() -> None:
    with pytest.raises(ValueError, match='not calibrated'):
        PinholeCamera(640, 480, np.zeros((3, 3)))


@pytest.mark.parametrize('size', [1, 2, 3, 6, 7, 9, 13, 15, 100])
def test_invalid_number_of_distortion_coefficients_raises(size: int) -> None:
    matrix = np.diag([700.0, 700.0, 1.0])
    with pytest.raises(ValueError, match=f'has {size} distortion coefficients; expected 0, 4, 5'):
        PinholeCamera(640, 480, matrix, np.full(size, 0.01))
    PinholeCamera(640, 480, matrix, np.zeros(size)).rays([[1.0, 2.0]])


@pytest.mark.parametrize('size', [0, 4, 5, 8, 12, 14])
def test_all_numbers_of_distortion_coefficients_of_opencv(size: int) -> None:
    camera = PinholeCamera(640, 480, np.diag([700.0, 700.0, 1.0]), np.full(size, 0.001))
    assert np.isfinite(camera.rays([[1.0, 2.0]])).all()


@pytest.mark.parametrize('place', [(0, 0), (1, 2), None])
def test_calibration_that_is_not_finite_raises(place: tuple | None) -> None:
    matrix, distortion = np.diag([700.0, 700.0, 1.0]), np.zeros(5)
    if place is None:
        distortion[1] = np.nan
    else:
        matrix[place] = np.inf
    with pytest.raises(ValueError, match='not finite'):
        PinholeCamera(640, 480, matrix, distortion)


@pytest.mark.parametrize('boxes', [[], np.zeros((0, 4))])
def test_positions_of_empty_lists(camera: PinholeCamera, boxes: list) -> None:
    depth = np.ones((480, 640), np.float32)
    for found in (
        locate_by_depth(camera, depth, boxes),
        locate_on_ground(camera, boxes, 1.0, 0.0),
    ):
        assert (found.centres.shape, found.sizes.shape) == ((0, 3), (0, 2))
        assert found.known.shape == (0,)
