"""From pixels to metres: where a person seen by a calibrated camera stands.

Points are in the camera's optical frame (REP 103): x right, y down, z forward.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

Points = NDArray[np.float64]

# Share of a box, (left, top, right, bottom), that a standing person's torso fills: what lies
# behind the person shows mostly around the head and between the legs.
TORSO = (0.3, 0.2, 0.7, 0.6)
#: Numbers of distortion coefficients that OpenCV takes; none is no distortion.
DISTORTION_SIZES = (0, 4, 5, 8, 12, 14)
MIN_DEPTH = 0.1  # metres; nearer readings are noise or the robot itself


@dataclass(frozen=True)
class PinholeCamera:
    """A calibrated camera.

    Attributes:
        width, height: of its images, pixels.
        matrix: [3, 3], maps directions in the optical frame to pixels.
        distortion: coefficients as OpenCV takes them (`plumb_bob`, `rational_polynomial`);
            empty for rectified images.
    """

    width: int
    height: int
    matrix: NDArray[np.float64]
    distortion: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))

    def __post_init__(self) -> None:
        if self.matrix.shape != (3, 3) or not (self.matrix[0, 0] > 0 and self.matrix[1, 1] > 0):
            raise ValueError(
                'the camera is not calibrated: its focal lengths must be positive, got '
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
        """Return the directions [N, 3] with z = 1 that pixels [N, 2] look in."""
        points = np.asarray(pixels, np.float64).reshape(-1, 1, 2)
        if not len(points):
            return np.zeros((0, 3))
        distortion = self.distortion if self.distortion.any() else None
        flat = cv2.undistortPoints(points, self.matrix, distortion).reshape(-1, 2)
        return np.column_stack((flat, np.ones(len(flat))))


@dataclass(frozen=True)
class Positions:
    """Where people are; rows that could not be located hold NaN.

    Attributes:
        centres: [N, 3] metres, the middles of the bodies.
        sizes: [N, 2] metres, width and height.
    """

    centres: Points
    sizes: NDArray[np.float64]

    @property
    def known(self) -> NDArray[np.bool_]:
        """Which rows were located, [N]."""
        return np.asarray(np.isfinite(self.centres).all(axis=1))


def torso_depths(depth: NDArray[np.float32], boxes_xyxy: ArrayLike) -> NDArray[np.float64]:
    """Return the median depth [N] of each person's torso, NaN where nothing was measured.

    Args:
        depth: [H, W] metres; zero, NaN and infinity mean that nothing was measured.
        boxes_xyxy: [N, 4] pixels of that image.
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
    """Locate people in a depth image that is registered to the camera's image.

    Args:
        camera: calibration of the image that the boxes are of.
        depth: [H, W] metres along the optical axis, the same size as that image.
        boxes_xyxy: [N, 4] pixels.
    """
    boxes = np.asarray(boxes_xyxy, np.float64).reshape(-1, 4)
    distance = torso_depths(depth, boxes)
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2
    sizes = (boxes[:, 2:] - boxes[:, :2]) * distance[:, None] / camera.focal_lengths
    return Positions(camera.rays(middles) * distance[:, None], sizes)


def locate_on_ground(
    camera: PinholeCamera,
    boxes_xyxy: ArrayLike,
    camera_height: float,
    pitch: float,
    max_range: float = np.inf,
) -> Positions:
    """Locate people who stand on a flat floor, from where their feet are seen.

    The ray r through the feet meets the floor at X = s r with d . X = camera_height, where
    d = (0, cos pitch, sin pitch) points down; the person's height is then the length of d that
    reaches from X up to the ray through the head. Feet below the image's border are not seen,
    so such people are not located.

    Args:
        camera: calibration of the image.
        boxes_xyxy: [N, 4] pixels.
        camera_height: of the optical centre above the floor, metres.
        pitch: how far the optical axis points below the horizon, radians; no roll.
        max_range: metres; further away, a pixel is too many metres.
    """
    boxes = np.asarray(boxes_xyxy, np.float64).reshape(-1, 4)
    down = np.array([0.0, np.cos(pitch), np.sin(pitch)])
    middle = (boxes[:, 0] + boxes[:, 2]) / 2
    feet = camera.rays(np.column_stack((middle, boxes[:, 3])))
    heads = camera.rays(np.column_stack((middle, boxes[:, 1])))
    fall = feet @ down
    with np.errstate(divide='ignore', invalid='ignore'):
        points = feet * (camera_height / fall)[:, None]
        tall = (points[:, 1] - heads[:, 1] * points[:, 2]) / (down[1] - heads[:, 1] * down[2])
    wide = (boxes[:, 2] - boxes[:, 0]) * points[:, 2] / camera.focal_lengths[0]
    centres = points - down * (tall / 2)[:, None]
    seen = (fall > 1e-6) & (boxes[:, 3] < camera.height - 1)
    near = np.linalg.norm(points, axis=1) <= max_range
    centres[~(seen & near)] = np.nan
    return Positions(centres, np.column_stack((wide, tall)))
