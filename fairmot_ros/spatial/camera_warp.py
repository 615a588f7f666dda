# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""How people move in the image because the camera moves, from its pose and their distance."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fairmot_ros.spatial.geometry import MIN_DEPTH, PinholeCamera
from fairmot_ros.spatial.transforms import Transform

Array = NDArray[np.float64]

#: Distance, in metres, of what is so far away that only the rotation of the camera moves it.
FAR = 1e4


def camera_warp(
    camera: PinholeCamera, motion: Transform, boxes_xyxy: ArrayLike, depths: ArrayLike
) -> Array | None:
    """Return the shift, rotation and zoom that boxes get by a motion of the camera.

    Args:
        camera: its calibration.
        motion: maps points in the previous frame's camera to this one's.
        boxes_xyxy: [N, 4] pixels of the previous frame; without any, the middle of the image
            is used.
        depths: [N] metres, distances of the boxes along the optical axis; NaN if unknown: then
            only the rotation of the camera counts.

    Returns:
        float64 [2, 3], maps pixels of the previous frame to this one: the best fit to the corners
        of the boxes. None if there is none, as when all boxes would lie behind the camera.
    """
    boxes = np.asarray(boxes_xyxy, np.float64).reshape(-1, 4)
    depths = np.asarray(depths, np.float64).reshape(-1)
    if not len(boxes):
        size = np.array([camera.width, camera.height])
        boxes = np.hstack((size / 4, 3 * size / 4))[None]
        depths = np.array([FAR])
    corners = boxes[:, [0, 1, 2, 1, 2, 3, 0, 3]].reshape(-1, 2)
    distances = np.where(np.isfinite(depths), depths, FAR).repeat(4)
    points = motion.apply(camera.rays(corners) * distances[:, None])
    ahead = (points[:, 2] > MIN_DEPTH).reshape(-1, 4).all(axis=1).repeat(4)
    if not ahead.any():
        return None
    return _similarity(corners[ahead], camera.project(points[ahead]))


def _similarity(before: Array, after: Array) -> Array:
    """Return the similarity [2, 3] that maps points [N, 2] to others best (least squares)."""
    middle = before.mean(axis=0), after.mean(axis=0)
    x, y = (before - middle[0]).T
    u, v = (after - middle[1]).T
    square = max(float((x * x + y * y).sum()), 1e-9)
    cosine, sine = float((x * u + y * v).sum()) / square, float((x * v - y * u).sum()) / square
    linear = np.array([[cosine, -sine], [sine, cosine]])
    return np.column_stack((linear, middle[1] - linear @ middle[0]))


class CameraWarps:
    """Turns the poses of a camera, frame by frame, into motions of the boxes of its tracks."""

    def __init__(self) -> None:
        """Start before the first frame."""
        self.reset()

    def reset(self) -> None:
        """Forget the last pose and boxes."""
        self._pose: Transform | None = None
        self._boxes, self._depths = np.zeros((0, 4)), np.zeros(0)

    def advance(self, camera: PinholeCamera | None, pose: Transform | None) -> Array | None:
        """Return the motion [2, 3] since the last frame, see `camera_warp`.

        Args:
            camera: its calibration, None if unknown.
            pose: from the frame of the camera to one that stands still, None if unknown.

        Returns:
            None if the motion is not known.
        """
        last, self._pose = self._pose, pose
        if camera is None or pose is None or last is None:
            return None
        return camera_warp(camera, pose.inverse() @ last, self._boxes, self._depths)

    def note(self, boxes_xyxy: ArrayLike, depths: ArrayLike) -> None:
        """Note the boxes [N, 4] of this frame, and their depths [N] in metres (NaN: unknown)."""
        self._boxes = np.asarray(boxes_xyxy, np.float64).reshape(-1, 4)
        self._depths = np.asarray(depths, np.float64).reshape(-1)
