# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""How uncertain positions are that were located in an image."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fairmot_ros.spatial.geometry import PinholeCamera, Positions, locate_on_ground

Array = NDArray[np.float64]

#: Standard deviation of a box's edges in addition to that of the tracker's filter, pixels.
PIXEL_NOISE = 1.0
#: Standard deviation, metres, of what is seen of a body about its middle.
BODY_NOISE = 0.05
#: Pixels by which boxes are changed to derive positions.
STEP = 0.5


def covariances_by_depth(
    camera: PinholeCamera,
    positions: Positions,
    boxes_xyxy: ArrayLike,
    box_covariances: ArrayLike,
    depth_noise: float,
) -> Array:
    """Return the covariances [N, 3, 3] of positions that were located by depth.

    Args:
        camera: calibration of the image.
        positions: of N people, from `locate_by_depth`.
        boxes_xyxy: [N, 4] pixels.
        box_covariances: [N, 4, 4] over centre x, centre y, width and height, pixels.
        depth_noise: standard deviation of a depth, as a share of it.
    """
    boxes = _centred(boxes_xyxy)

    def rays(changed: Array) -> Array:
        return camera.rays(changed[:, :2])

    depths = positions.centres[:, 2]
    slopes = _derivatives(rays, boxes) * depths[:, None, None]
    # A depth error moves the person along the ray.
    along = positions.centres * depth_noise
    return _propagated(slopes, box_covariances) + along[:, :, None] * along[:, None, :]


def covariances_on_ground(
    camera: PinholeCamera,
    boxes_xyxy: ArrayLike,
    box_covariances: ArrayLike,
    camera_height: float,
    pitch: float,
) -> Array:
    """Return the covariances [N, 3, 3] of positions from `locate_on_ground`.

    Args:
        camera: see `locate_on_ground`, as camera_height and pitch.
        boxes_xyxy: [N, 4] pixels.
        box_covariances: [N, 4, 4] over centre x, centre y, width and height, pixels.
        camera_height: metres.
        pitch: radians.
    """
    # Changed boxes may end below the border of the image.
    taller = replace(camera, height=2 * camera.height)

    def centres(changed: Array) -> Array:
        corners = np.hstack(
            (changed[:, :2] - changed[:, 2:] / 2, changed[:, :2] + changed[:, 2:] / 2)
        )
        return locate_on_ground(taller, corners, camera_height, pitch).centres

    return _propagated(_derivatives(centres, _centred(boxes_xyxy)), box_covariances)


def _centred(boxes_xyxy: ArrayLike) -> Array:
    """Return boxes [N, 4] as centre x, centre y, width and height."""
    boxes = np.asarray(boxes_xyxy, np.float64).reshape(-1, 4)
    return np.hstack(((boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2]))


def _derivatives(function: Callable[[Array], Array], boxes: Array) -> Array:
    """Return the derivatives [N, 3, 4] of points [N, 3] by their boxes [N, 4]."""
    steps = STEP * np.vstack((np.eye(4), -np.eye(4)))
    points = function((boxes[:, None] + steps).reshape(-1, 4)).reshape(-1, 8, 3)
    return (points[:, :4] - points[:, 4:]).swapaxes(1, 2) / (2 * STEP)


def _propagated(slopes: Array, box_covariances: ArrayLike) -> Array:
    """Return the covariances [N, 3, 3] of points by those of their boxes."""
    boxes = np.asarray(box_covariances, np.float64).reshape(-1, 4, 4) + PIXEL_NOISE**2 * np.eye(4)
    return slopes @ boxes @ slopes.swapaxes(1, 2) + BODY_NOISE**2 * np.eye(3)
