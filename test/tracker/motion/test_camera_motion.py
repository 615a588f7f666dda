# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Camera motion estimated from synthetic images with known motion."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from fairmot_ros.tracker import Tracker, TrackerConfig
from fairmot_ros.tracker.motion.camera_motion import CameraMotion, fit
from fairmot_ros.types import Detections

SIZE = (480, 360)
NO_BOXES = np.zeros((0, 4))


def texture(seed: int, size: tuple[int, int] = SIZE) -> np.ndarray:
    """Return a random image with structures of several scales, uint8 [H, W, 3]."""
    rng = np.random.default_rng(seed)
    image = np.zeros((size[1], size[0], 3), np.float32)
    for scale in (4, 12, 40):
        shape = (size[1] // scale + 1, size[0] // scale + 1, 3)
        octave = rng.uniform(0, 80, shape).astype(np.float32)
        image += cv2.resize(octave, size, interpolation=cv2.INTER_CUBIC)
    return image.clip(0, 255).astype(np.uint8)


def moved(image: np.ndarray, motion: np.ndarray) -> np.ndarray:
    size = image.shape[1::-1]
    return cv2.warpAffine(
        image, motion, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101
    )


def similarity(
    x: float = 0.0,
    y: float = 0.0,
    degrees: float = 0.0,
    zoom: float = 1.0,
    size: tuple[int, int] = SIZE,
) -> np.ndarray:
    motion = cv2.getRotationMatrix2D((size[0] / 2, size[1] / 2), degrees, zoom)
    motion[:, 2] += x, y
    return motion


def error(motion: np.ndarray, truth: np.ndarray, size: tuple[int, int] = SIZE) -> float:
    """Return the largest error of a motion at the corners of the image, in pixels."""
    corners = np.array([[0, 0, 1], [size[0], 0, 1], [0, size[1], 1], [*size, 1]]).T
    return float(np.linalg.norm((motion - truth) @ corners, axis=0).max())


def estimate(*images: np.ndarray, boxes: np.ndarray = NO_BOXES) -> tuple[np.ndarray, bool]:
    """Return the last motion and whether the estimation succeeded."""
    camera = CameraMotion()
    motions = [camera.estimate(image, boxes) for image in images]
    return motions[-1], camera.succeeded


def assert_unknown(result: tuple[np.ndarray, bool]) -> None:
    motion, succeeded = result
    assert np.array_equal(motion, np.eye(2, 3))
    assert not succeeded


@pytest.mark.parametrize(
    'truth',
    [
        similarity(),
        similarity(0.3, -0.2),
        similarity(5, -3),
        similarity(40, 10),
        similarity(degrees=2),
        similarity(zoom=1.03),
        similarity(-7, 4, -1.5, 0.98),
    ],
)
def test_known_motion_is_estimated(truth: np.ndarray) -> None:
    image = texture(0)
    motion, succeeded = estimate(image, moved(image, truth))
    assert succeeded
    assert motion.shape == (2, 3)
    assert motion.dtype == np.float64
    assert error(motion, truth) < 0.1


@pytest.mark.parametrize('size', [(1600, 901), (2000, 1500)])
def test_motion_of_reduced_images_is_in_source_pixels(
    size: tuple[int, int],
) -> None:
    image = texture(0, size)
    truth = similarity(9, -6, 0.7, 1.01, size)
    motion, succeeded = estimate(image, moved(image, truth))
    assert succeeded
    assert error(motion, truth, size) < 0.2


def test_noise_changes_the_motion_little() -> None:
    rng = np.random.default_rng(1)
    image, truth = texture(0), similarity(6, 2, 0.5)
    noisy = [
        cv2.add(p, rng.normal(0, 5, p.shape), dtype=cv2.CV_8U)
        for p in (image, moved(image, truth))
    ]
    motion, succeeded = estimate(*noisy)
    assert succeeded
    assert error(motion, truth) < 0.2


@pytest.mark.parametrize('gain', [0.6, 0.9, 1.3])
def test_brightness_may_change(gain: float) -> None:
    image, truth = texture(0) // 2 + 20, similarity(6, 2, 0.5)
    motion, succeeded = estimate(image, (moved(image, truth) * gain).astype(np.uint8))
    assert succeeded
    assert error(motion, truth) < 0.1


def test_new_corners_are_detected_as_the_view_moves() -> None:
    world, step, camera = texture(0, (960, 360)), similarity(-6), CameraMotion()
    view = np.eye(2, 3)
    for i in range(60):  # the view moves by most of its width
        motion = camera.estimate(moved(world, view)[:, : SIZE[0]], NO_BOXES)
        if i:
            assert camera.succeeded
            assert error(motion, step) < 0.1
        view[0, 2] -= 6


def test_people_do_not_affect_the_motion() -> None:
    camera, background, person = CameraMotion(), texture(0), texture(1)[:240, :200]
    for i in range(10):
        image = background.copy()
        left = 60 + 8 * i
        image[60:300, left : left + 200] = person
        motion = camera.estimate(image, np.array([[left, 60, left + 200, 300]]))
        assert error(motion, np.eye(2, 3)) < 0.05
    assert camera.succeeded


def test_boxes_exclude_a_person_who_fills_the_image() -> None:
    camera, background, person = CameraMotion(), texture(0), texture(1)
    without_boxes = CameraMotion()
    for i in range(4):
        image = background.copy()
        left = 20 + 6 * i
        image[:, left : left + 380] = person[:, :380]
        box = np.array([[left, 0, left + 380, SIZE[1]]])
        motion, unmasked = camera.estimate(image, box), without_boxes.estimate(image, NO_BOXES)
    assert error(motion, np.eye(2, 3)) < 0.5
    assert error(unmasked, np.eye(2, 3)) > 4


def test_same_image_twice_gives_no_motion() -> None:
    motion, succeeded = estimate(texture(0), texture(0))
    assert succeeded
    assert error(motion, np.eye(2, 3)) < 1e-3


def test_first_image_has_no_motion() -> None:
    assert_unknown(estimate(texture(0)))


def test_change_of_size_resets_the_estimation() -> None:
    camera, large = CameraMotion(), texture(0)
    small = np.ascontiguousarray(large[:300, :400])
    camera.estimate(large, NO_BOXES)
    assert_unknown((camera.estimate(small, NO_BOXES), camera.succeeded))
    motion = camera.estimate(moved(small, similarity(3, size=(400, 300))), NO_BOXES)
    assert camera.succeeded
    assert motion[0, 2] == pytest.approx(3, abs=0.1)


def test_reset_drops_the_previous_image() -> None:
    camera = CameraMotion()
    camera.estimate(texture(0), NO_BOXES)
    camera.reset()
    assert_unknown((camera.estimate(texture(0), NO_BOXES), camera.succeeded))


def test_motion_of_a_plain_wall_is_unknown() -> None:
    wall = np.full((SIZE[1], SIZE[0], 3), 200, np.uint8)
    assert_unknown(estimate(wall, wall))
    rng = np.random.default_rng(0)
    noisy = [cv2.add(wall, rng.normal(0, 4, wall.shape), dtype=cv2.CV_8U) for _ in range(2)]
    assert_unknown(estimate(*noisy))


def test_motion_between_unrelated_images_is_unknown() -> None:
    assert_unknown(estimate(texture(0), texture(1)))


def test_motion_from_points_in_one_place_is_unknown() -> None:
    rng = np.random.default_rng(0)
    everywhere = rng.uniform(0, (960, 540), (40, 2)).astype(np.float32)
    shift = np.array([3.0, -2.0]) + rng.normal(0, 0.3, (40, 2))
    motion, inliers = fit(everywhere, (everywhere + shift).astype(np.float32), (540, 960))
    assert motion is not None
    assert motion[:, 2] == pytest.approx([3, -2], abs=0.5)
    assert inliers.sum() > 30
    concentrated = 100 + everywhere / 30
    motion, _ = fit(concentrated, (concentrated + shift).astype(np.float32), (540, 960))
    assert motion is None


def test_box_over_the_whole_image_leaves_no_corners() -> None:
    assert_unknown(estimate(texture(0), texture(0), boxes=np.array([[-50.0, -50, 1e4, 1e4]])))


def test_estimation_recovers_after_a_failure() -> None:
    camera, image, truth = CameraMotion(), texture(0), similarity(4, 1)
    for p in (texture(1), image, moved(image, truth)):
        motion = camera.estimate(p, np.array([[np.nan, 0, np.inf, 5], [9, 9, 2, 2]]))
    assert camera.succeeded
    assert error(motion, truth) < 0.1


def test_views_of_images_are_accepted() -> None:
    image, truth = texture(0), similarity(4, 1)
    images = [np.ascontiguousarray(p[..., ::-1])[..., ::-1] for p in (image, moved(image, truth))]
    for p in images:
        p.flags.writeable = False
    assert error(estimate(*images)[0], truth) < 0.1


def test_image_may_be_overwritten_afterwards() -> None:
    camera, buffer, truth = CameraMotion(), texture(0), similarity(4, 1)
    following = moved(buffer, truth)
    camera.estimate(buffer, NO_BOXES)
    buffer[:] = following
    assert error(camera.estimate(buffer, NO_BOXES), truth) < 0.1


@pytest.mark.parametrize(
    ('image', 'boxes', 'message'),
    [
        (np.zeros((10, 10), np.uint8), NO_BOXES, r'the image must be uint8 \[H, W, 3\]'),
        (np.zeros((10, 10, 3)), NO_BOXES, 'got float64'),
        (np.zeros((0, 10, 3), np.uint8), NO_BOXES, 'and not empty'),
        (np.zeros((10, 10, 3), np.uint8), np.zeros(4), r'boxes_xyxy must have the shape \[N, 4\]'),
    ],
)
def test_invalid_input_raises(image: np.ndarray, boxes: np.ndarray, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        CameraMotion().estimate(image, boxes)


@pytest.mark.parametrize('shape', [(1, 1), (3, 2), (5, 2000), (3000, 3), (1, 4000)])
def test_motion_of_tiny_images_is_unknown(shape: tuple[int, int]) -> None:
    assert_unknown(estimate(*2 * [np.zeros((*shape, 3), np.uint8)]))


@pytest.mark.parametrize(
    ('settings', 'tracks_expected'),
    [
        ({'estimate_camera_motion': True}, 1),
        ({'estimate_camera_motion': False}, 2),
        ({'estimate_camera_motion': True, 'use_camera_motion': False}, 2),
    ],
)
def test_tracker_estimates_camera_motion_from_images(settings: dict, tracks_expected: int) -> None:
    tracker, world, ids = Tracker(TrackerConfig(**settings)), texture(0, (960, 360)), set()
    for i in range(20):  # a standing person, and a camera that pans once
        left = 60 if i < 10 else 160
        box = [[200 - left, 100, 230 - left, 180]]
        image = world[:, left : left + SIZE[0]]
        tracks = tracker.update(Detections(box, [0.9]), stamp=i / 10, image=image)
        ids.update(track.track_id for track in tracks)
    assert len(ids) == tracks_expected
