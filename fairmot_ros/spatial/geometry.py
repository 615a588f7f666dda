# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Positions of people in metres, from boxes in the image of a calibrated camera.

Points are in the optical frame of the camera (REP 103): x right, y down, z forward.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

Points = NDArray[np.float64]

#: Part of a box (left, top, right, bottom; relative) that contains the torso of a standing person
#: and little background, unlike the areas around the head and between the legs.
TORSO = (0.3, 0.2, 0.7, 0.6)
#: Numbers of distortion coefficients that OpenCV accepts; 0 means no distortion.
DISTORTION_SIZES = (0, 4, 5, 8, 12, 14)
#: Smallest valid depth in metres; smaller values are noise or the robot itself.
MIN_DEPTH = 0.1


@dataclass(frozen=True)
class PinholeCamera:
    """A calibrated camera.

    Attributes:
        width, height: size of its images in pixels.
        matrix: [3, 3], maps directions in the optical frame to pixels.
        distortion: coefficients in the order of OpenCV (`plumb_bob`, `rational_polynomial`); empty
            for rectified images.
    """

    width: int
    height: int
    matrix: NDArray[np.float64]
    distortion: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))

    def __post_init__(self) -> None:
        if self.matrix.shape != (3, 3) or not (self.matrix[0, 0] > 0 and self.matrix[1, 1] > 0):
            raise ValueError(
                'the camera is not calibrated: focal lengths must be positive, got the matrix '
                f'{np.asarray(self.matrix).ravel().tolist()}'
            )
        if self.distortion.any() and self.distortion.size not in DISTORTION_SIZES:
            raise ValueError(
                f'the camera has {self.distortion.size} distortion coefficients; expected '
                f'{", ".join(map(str, DISTORTION_SIZES[:-1]))} or {DISTORTION_SIZES[-1]}'
            )
        if not (np.isfinite(self.matrix).all() and np.isfinite(self.distortion).all()):
            raise ValueError('the calibration of the camera has values that are not finite')

    @property
    def focal_lengths(self) -> tuple[float, float]:
        """Horizontal and vertical focal length in pixels."""
        return float(self.matrix[0, 0]), float(self.matrix[1, 1])

    def rays(self, pixels: ArrayLike) -> Points:
        """Return the viewing directions [N, 3], with z = 1, of pixels [N, 2]."""
        points = np.asarray(pixels, np.float64).reshape(-1, 1, 2)
        if not len(points):
            return np.zeros((0, 3))
        distortion = self.distortion if self.distortion.any() else None
        normalized = cv2.undistortPoints(points, self.matrix, distortion).reshape(-1, 2)
        return np.column_stack((normalized, np.ones(len(normalized))))

    def project(self, points: ArrayLike) -> NDArray[np.float64]:
        """Return the pixels [N, 2] of points [N, 3] before the camera (z > 0)."""
        points = np.asarray(points, np.float64).reshape(-1, 3)
        if not len(points):
            return np.zeros((0, 2))
        distortion = self.distortion if self.distortion.any() else None
        pixels, _ = cv2.projectPoints(points, np.zeros(3), np.zeros(3), self.matrix, distortion)
        return np.asarray(pixels.reshape(-1, 2), np.float64)


@dataclass(frozen=True)
class Positions:
    """Positions of people; NaN for those that could not be located.

    Attributes:
        centres: [N, 3], centres of the bodies in metres.
        sizes: [N, 2], widths and heights in metres.
    """

    centres: Points
    sizes: NDArray[np.float64]

    @property
    def known(self) -> NDArray[np.bool_]:
        """Which people were located, bool [N]."""
        return np.asarray(np.isfinite(self.centres).all(axis=1))


def torso_depths(depth: NDArray[np.float32], boxes_xyxy: ArrayLike) -> NDArray[np.float64]:
    """Return the median depth [N] of each person's torso in metres, NaN without valid pixels.

    Args:
        depth: [H, W] in metres; zero, NaN and infinity are invalid.
        boxes_xyxy: [N, 4] in pixels of the depth image.
    """
    height, width = depth.shape
    found = []
    for left, top, right, bottom in np.asarray(boxes_xyxy, np.float64).reshape(-1, 4):
        w, h = right - left, bottom - top
        x0, x1 = np.clip((left + TORSO[0] * w, left + TORSO[2] * w + 1), 0, width).astype(int)
        y0, y1 = np.clip((top + TORSO[1] * h, top + TORSO[3] * h + 1), 0, height).astype(int)
        values = depth[y0:y1, x0:x1]
        values = values[np.isfinite(values) & (values > MIN_DEPTH)]
        found.append(float(np.median(values)) if len(values) else np.nan)
    return np.array(found, np.float64)


def locate_by_depth(
    camera: PinholeCamera, depth: NDArray[np.float32], boxes_xyxy: ArrayLike
) -> Positions:
    """Locate people by a depth image that is registered to the camera image.

    Args:
        camera: calibration of the camera image.
        depth: [H, W], depth along the optical axis in metres; same size as the camera image.
        boxes_xyxy: [N, 4] in pixels.
    """
    boxes = np.asarray(boxes_xyxy, np.float64).reshape(-1, 4)
    distance = torso_depths(depth, boxes)
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2
    sizes = (boxes[:, 2:] - boxes[:, :2]) * distance[:, None] / camera.focal_lengths
    return Positions(camera.rays(centres) * distance[:, None], sizes)


def locate_on_ground(
    camera: PinholeCamera,
    boxes_xyxy: ArrayLike,
    camera_height: float,
    pitch: float,
    max_range: float = np.inf,
) -> Positions:
    """Locate people standing on a flat floor, by the lower edge of their boxes.

    The ray r through the feet meets the floor at X = s r with d . X = camera_height, where
    d = (0, cos pitch, sin pitch) points down. The height of the person is the distance from X,
    against d, to the ray through the head. People whose box reaches the lower border of the image
    are not located, as their feet may be outside.

    Args:
        camera: calibration of the image.
        boxes_xyxy: [N, 4] in pixels.
        camera_height: height of the optical centre above the floor in metres.
        pitch: angle of the optical axis below the horizon in radians; the roll must be 0.
        max_range: largest distance in metres; the error of a pixel grows with the distance.
    """
    boxes = np.asarray(boxes_xyxy, np.float64).reshape(-1, 4)
    down = np.array([0.0, np.cos(pitch), np.sin(pitch)])
    middle = (boxes[:, 0] + boxes[:, 2]) / 2
    feet = camera.rays(np.column_stack((middle, boxes[:, 3])))
    heads = camera.rays(np.column_stack((middle, boxes[:, 1])))
    descent = feet @ down
    with np.errstate(divide='ignore', invalid='ignore'):
        points = feet * (camera_height / descent)[:, None]
        heights = (points[:, 1] - heads[:, 1] * points[:, 2]) / (down[1] - heads[:, 1] * down[2])
    widths = (boxes[:, 2] - boxes[:, 0]) * points[:, 2] / camera.focal_lengths[0]
    centres = points - down * (heights / 2)[:, None]
    visible = (descent > 1e-6) & (boxes[:, 3] < camera.height - 1)
    near = np.linalg.norm(points, axis=1) <= max_range
    centres[~(visible & near)] = np.nan
    return Positions(centres, np.column_stack((widths, heights)))
