# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Places on the floor in the image of a camera one metre above it, which looks along x."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.moving_camera import MovingCamera
from fairmot_ros.spatial.camera_view import CameraView
from fairmot_ros.spatial.geometry import PinholeCamera

MATRIX = np.array([[500.0, 0, 320], [0, 500.0, 240], [0, 0, 1]])
POSE = MovingCamera(lambda _: (0.0, 0.0, 0.0)).true_pose(0.0)
AHEAD = [(4, -1, 0), (8, -1, 0), (8, 1, 0), (4, 1, 0)]


def view(*distortion: float) -> CameraView:
    return CameraView(PinholeCamera(640, 480, MATRIX, np.array(distortion)), POSE)


def test_a_visible_shape_is_projected() -> None:
    # x to the right is -y, and the floor is one metre below the optical axis.
    expected = [(320 + 125, 240 + 125), (382.5, 302.5), (257.5, 302.5), (195, 365)]
    found = view().outline(AHEAD, closed=True)
    np.testing.assert_allclose(found, expected)
    np.testing.assert_allclose(view().outline(AHEAD[:2], closed=False), expected[:2])


@pytest.mark.parametrize('distortion', [(), (-0.3, 0.1, 0, 0, 0), (-0.35, 0.15, 0, 0, -0.03)])
@pytest.mark.parametrize('closed', [True, False])
def test_nothing_behind_the_camera_is_drawn(closed: bool, distortion: tuple) -> None:
    behind = [(-4, -1, 0), (-8, -1, 0), (-8, 1, 0), (-4, 1, 0)]
    assert view(*distortion).outline(behind if closed else behind[:2], closed=closed).size == 0


@pytest.mark.parametrize('distortion', [(), (-0.3, 0.1, 0, 0, 0), (-0.35, 0.15, 0, 0, -0.03)])
def test_what_reaches_behind_the_camera_is_cut_off_outside_the_image(distortion: tuple) -> None:
    around = [(-50, -1, 0), (8, -1, 0), (8, 1, 0), (-50, 1, 0)]
    found = view(*distortion).outline(around, closed=True)
    assert np.abs(found).max() < 1000
    assert found[:, 1].max() > 480, 'it goes on below the image'
    assert 250 < found[:, 1].min() < 310, 'and ends where the far edge is'
    line = view(*distortion).outline([(-50, 0.1, 0), (8, 0.1, 0)], closed=False)
    assert line[0, 1] > 480 and 250 < line[-1, 1] < 310


def test_a_shape_around_the_whole_image_covers_it() -> None:
    wall = [(5, -90, -90), (5, 90, -90), (5, 90, 90), (5, -90, 90)]
    found = view().outline(wall, closed=True)
    assert (found.min(axis=0) < 0).all() and (found.max(axis=0) > (640, 480)).all()


def test_edges_are_curved_by_distortion() -> None:
    edge = [(4, -2, 0), (4, 2, 0)]
    curved = view(-0.3, 0.1, 0, 0, 0).outline(edge, closed=False)
    assert len(curved) > 10
    middle, ends = curved[len(curved) // 2, 1], curved[[0, -1], 1].mean()
    assert abs(middle - ends) > 3
