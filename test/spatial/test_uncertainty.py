# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Covariances are compared with the spread of positions of randomly changed boxes."""

from __future__ import annotations

import numpy as np
import pytest

from fairmot_ros.spatial.geometry import (
    PinholeCamera,
    Positions,
    locate_by_depth,
    locate_on_ground,
)
from fairmot_ros.spatial.uncertainty import (
    BODY_NOISE,
    PIXEL_NOISE,
    covariances_by_depth,
    covariances_on_ground,
)

CAMERA = PinholeCamera(640, 480, np.array([[500.0, 0, 320], [0, 500, 240], [0, 0, 1]]))
BOX = np.array([400.0, 150, 460, 330])
DEVIATIONS = np.array([3.0, 2.0, 2.0, 4.0])  # of centre and size
BOX_COVARIANCE = np.diag(DEVIATIONS**2 - PIXEL_NOISE**2)


def changed_boxes(count: int = 20000) -> np.ndarray:
    random = np.random.default_rng(5).normal(size=(count, 4)) * DEVIATIONS
    centres = random[:, :2] + (BOX[:2] + BOX[2:]) / 2
    half = (random[:, 2:] + BOX[2:] - BOX[:2]) / 2
    return np.hstack((centres - half, centres + half))


def test_depth_and_box_noise_are_propagated() -> None:
    flat = np.full((480, 640), 5.0, np.float32)
    found = locate_by_depth(CAMERA, flat, [BOX])
    covariance = covariances_by_depth(CAMERA, found, [BOX], [BOX_COVARIANCE], 0.03)[0]
    points = locate_by_depth(CAMERA, flat, changed_boxes()).centres
    points *= 1 + 0.03 * np.random.default_rng(1).normal(size=(len(points), 1))
    expected = np.cov(points.T) + BODY_NOISE**2 * np.eye(3)
    np.testing.assert_allclose(covariance, expected, rtol=0.05, atol=1e-4)


@pytest.mark.parametrize('bottom', [400.0, 478.0])
def test_box_noise_is_propagated_to_the_ground(bottom: float) -> None:
    box = BOX + np.array([0, 0, 0, bottom - BOX[3]])
    covariance = covariances_on_ground(CAMERA, [box], [BOX_COVARIANCE], 2.0, 0.2)[0]
    boxes = changed_boxes() + np.array([0, 0, 0, bottom - BOX[3]])
    points = locate_on_ground(PinholeCamera(640, 960, CAMERA.matrix), boxes, 2.0, 0.2).centres
    expected = np.cov(points.T) + BODY_NOISE**2 * np.eye(3)
    np.testing.assert_allclose(covariance, expected, rtol=0.08, atol=2e-4)


def test_people_without_a_position_have_no_covariance() -> None:
    unknown = Positions(np.full((1, 3), np.nan), np.full((1, 2), np.nan))
    assert np.isnan(covariances_by_depth(CAMERA, unknown, [BOX], [BOX_COVARIANCE], 0.03)).any()
    assert covariances_on_ground(CAMERA, [], np.zeros((0, 4, 4)), 1.0, 0.0).shape == (0, 3, 3)
    assert covariances_by_depth(
        CAMERA, Positions(np.zeros((0, 3)), np.zeros((0, 2))), [], np.zeros((0, 4, 4)), 0.1
    ).shape == (0, 3, 3)
