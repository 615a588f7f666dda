# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Estimation of camera motion between consecutive images.

Corners of the background are tracked from image to image by sparse optical flow (Lucas and
Kanade, in the pyramidal form of Bouguet 2000). A similarity (shift, rotation, scale) is fitted to
them by RANSAC, which rejects corners on moving objects. This is the only file of the tracker that
needs OpenCV.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Points = NDArray[np.float32]
Grey = NDArray[np.uint8]

#: Approximate length of the longer side of the reduced image, in pixels.
WORKING_SIZE = 960
#: Number of corners to track, and the number below which new ones are detected.
MAX_CORNERS, MIN_CORNERS = 120, 80
#: Smallest distance between two corners, in pixels of the reduced image.
SPACING = 20.0
#: Smallest quality of a corner, as a share of the best corner's.
QUALITY = 0.005
#: Share of its size by which a box is enlarged on each side, to cover hair and shadows.
BOX_MARGIN = 0.05
#: Window, pyramid levels and stopping criteria of the optical flow.
WINDOW = (11, 11)
LEVELS = 5
STEPS = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 10, 0.03)
#: Relative change of the mean brightness above which it is compensated.
MAX_BRIGHTNESS_CHANGE = 0.06
#: Smallest correlation of the patches around a corner in both images.
MIN_CORRELATION = 0.5
#: Largest distance, in pixels of the reduced image, of an inlier of RANSAC.
TOLERANCE = 1.5
#: Smallest number of inliers, and their smallest share of the tracked corners.
MIN_INLIERS, MIN_INLIER_SHARE = 10, 0.4
#: Largest standard error of the motion anywhere in the image, in pixels of the reduced image.
MAX_ERROR = 1.0
#: Smallest assumed error of a tracked corner, in pixels of the reduced image.
NOISE = 0.05
#: Iterations of the weighted least squares.
REFITS = 3
#: Offsets [121, 2] of the pixels of a patch.
PATCH = np.stack(np.meshgrid(*2 * [np.arange(-5, 6)]), axis=-1).reshape(-1, 2).astype(np.float32)


class CameraMotion:
    """Estimates the motion of one camera, frame by frame.

    Attributes:
        succeeded: whether the last call of `estimate` found a motion; otherwise it returned the
            identity.
    """

    def __init__(self) -> None:
        """Start without an image."""
        self.reset()

    def reset(self) -> None:
        """Drop the previous image."""
        self.succeeded = False
        self._grey: Grey | None = None
        self._size: tuple[int, ...] = ()
        self._points = np.zeros((0, 2), np.float32)

    def estimate(self, image: NDArray[np.uint8], boxes_xyxy: NDArray[np.floating]) -> Array:
        """Return the motion since the previous image, and store this one for the next call.

        Args:
            image: uint8 [H, W, 3], BGR.
            boxes_xyxy: [N, 4], moving objects in the image; corners inside them are not used.

        Returns:
            float64 [2, 3], maps pixels of the previous image to this one. The identity if there
            is no previous image of the same size, or the motion cannot be estimated.

        Raises:
            ValueError: if the image or the boxes have an invalid type or shape.
        """
        if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or not image.size:
            raise ValueError(
                f'the image must be uint8 [H, W, 3] and not empty, got {image.dtype} '
                f'{list(image.shape)}'
            )
        boxes = np.asarray(boxes_xyxy, np.float64)
        if boxes.ndim != 2 or boxes.shape[1] != 4:
            raise ValueError(f'boxes_xyxy must have the shape [N, 4], got {list(boxes.shape)}')
        grey, scale = shrink(image)
        boxes = _widened(boxes, scale)
        motion = None
        if self._grey is not None and image.shape == self._size:
            points, followed = follow(self._grey, grey, self._points)
            free = ~_inside(followed, boxes)
            motion, is_inlier = fit(points[free], followed[free], grey.shape)
            self._points = followed[free][is_inlier]
        else:
            self._points = self._points[:0]
        if len(self._points) < MIN_CORNERS:
            self._points = np.concatenate((self._points, corners(grey, boxes, self._points)))
        self._grey, self._size = grey, image.shape
        self.succeeded = motion is not None
        return np.eye(2, 3) if motion is None else _in_source_pixels(motion, scale)


def shrink(image: NDArray[np.uint8]) -> tuple[Grey, int]:
    """Return a grey image of about `WORKING_SIZE`, and the factor by which it is smaller."""
    halvings = max(0, round(math.log2(max(image.shape[:2]) / WORKING_SIZE)))
    halvings = min(halvings, int(math.log2(min(image.shape[:2]))))  # for very narrow images
    for _ in range(halvings):
        height, width = image.shape[0] // 2, image.shape[1] // 2
        # Halving repeatedly is faster: OpenCV has a special case for a factor of exactly two.
        image = cv2.resize(
            image[: 2 * height, : 2 * width], (width, height), interpolation=cv2.INTER_AREA
        )
    return cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), 2**halvings


def corners(grey: Grey, boxes: Array, present: Points) -> Points:
    """Detect corners [M, 2] outside of boxes and at least `SPACING` away from present ones.

    Corners (Shi and Tomasi 1994) are detected at half the resolution; optical flow does not need
    their exact position.
    """
    half = cv2.pyrDown(grey)
    free = np.full(half.shape, 255, np.uint8)
    for left, top, right, bottom in np.round(boxes / 2).astype(np.int64).clip(0):
        free[top : bottom + 1, left : right + 1] = 0
    spacing = SPACING / 2
    for x, y in np.round(present / 2).astype(np.int64):
        cv2.circle(free, (int(x), int(y)), int(spacing), 0, -1)
    found = cv2.goodFeaturesToTrack(half, MAX_CORNERS - len(present), QUALITY, spacing, mask=free)
    return np.zeros((0, 2), np.float32) if found is None else 2 * found.reshape(-1, 2)


def follow(before: Grey, now: Grey, points: Points) -> tuple[Points, Points]:
    """Track points by optical flow; return the M successful ones, before and now, both [M, 2]."""
    if not len(points):
        return points, points
    now = _with_brightness_of(before, now)
    followed, found, _ = cv2.calcOpticalFlowPyrLK(
        before, now, points, None, winSize=WINDOW, maxLevel=LEVELS, criteria=STEPS
    )
    height, width = now.shape
    inside = ((followed >= 0) & (followed <= (width - 1, height - 1))).all(axis=1)
    good = (found[:, 0] > 0) & inside
    points, followed = points[good], followed[good]
    # Optical flow also converges on noise, but to patches that do not correlate.
    correlated = (
        np.einsum('nk,nk->n', patches(before, points), patches(now, followed)) > MIN_CORRELATION
    )
    return points[correlated], followed[correlated]


def _with_brightness_of(before: Grey, now: Grey) -> Grey:
    """Scale an image to the mean brightness of the previous one, as optical flow assumes."""
    gain = cv2.mean(before)[0] / max(cv2.mean(now)[0], 1.0)
    return now if abs(gain - 1) < MAX_BRIGHTNESS_CHANGE else cv2.convertScaleAbs(now, alpha=gain)


def patches(grey: Grey, points: Points) -> NDArray[np.float32]:
    """Return the pixels [N, K] around points, with zero mean and unit length."""
    if not len(points):
        return np.zeros((0, PATCH.shape[0]), np.float32)
    places = points[:, None] + PATCH
    pixels = cv2.remap(grey, places, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    pixels = pixels.astype(np.float32)
    pixels -= pixels.mean(axis=1, keepdims=True)
    norms = np.sqrt(np.einsum('nk,nk->n', pixels, pixels))
    return pixels / np.maximum(norms, 1e-6)[:, None]


def fit(
    points: Points, followed: Points, shape: tuple[int, ...]
) -> tuple[Array | None, NDArray[np.bool_]]:
    """Fit a similarity to tracked points by RANSAC.

    Args:
        points: [M, 2], in the previous image.
        followed: [M, 2], in this image.
        shape: (height, width) of the image.

    Returns:
        The similarity, float64 [2, 3], or None if there are too few inliers or its standard error
        exceeds `MAX_ERROR` somewhere in the image; and the inliers, bool [M].
    """
    none = np.zeros(len(points), np.bool_)
    if len(points) < MIN_INLIERS:
        return None, none
    motion, inliers = cv2.estimateAffinePartial2D(
        points,
        followed,
        ransacReprojThreshold=TOLERANCE,
        maxIters=200,
        confidence=0.999,
        refineIters=0,
    )
    if motion is None:
        return None, none
    is_inlier = inliers[:, 0] > 0
    count = np.count_nonzero(is_inlier)
    if count < max(MIN_INLIERS, MIN_INLIER_SHARE * len(points)):
        return None, none
    motion, error = _refit(motion, points[is_inlier], followed[is_inlier], shape)
    return (motion, is_inlier) if error <= MAX_ERROR else (None, none)


def _refit(
    motion: Array, points: Points, followed: Points, shape: tuple[int, ...]
) -> tuple[Array, float]:
    """Refine a motion by weighted least squares, and estimate its error.

    Tukey's biweight, scaled by the median residual, rejects points on slowly moving objects.

    Returns:
        The motion, and its largest standard error at a corner of the image, in pixels. As in
        linear regression, it combines the error of the mean with that of rotation and scale
        times the distance from the mean; it is large for few points or points in one place.
    """
    # As complex numbers, a similarity is z -> a z + b.
    before = (points[:, 0] + 1j * points[:, 1]).astype(np.complex128)
    now = (followed[:, 0] + 1j * followed[:, 1]).astype(np.complex128)
    a, b = complex(motion[0, 0], motion[1, 0]), complex(motion[0, 2], motion[1, 2])
    for _ in range(REFITS):
        residual = np.abs(a * before + b - now)
        scale = max(float(np.median(residual)) / 1.177, NOISE)  # 1.177: Rayleigh median
        weight = np.maximum(0.0, 1.0 - (residual / (4.685 * scale)) ** 2) ** 2
        total = float(weight.sum())
        centre_before, centre_now = weight @ before / total, weight @ now / total
        centred = before - centre_before
        spread = max(float(weight @ np.abs(centred) ** 2), 1e-9)
        a = complex(weight * np.conj(centred) @ (now - centre_now)) / spread
        b = complex(centre_now - a * centre_before)
    height, width = shape
    x, y = centre_before.real, centre_before.imag
    farthest = max(x, width - x) ** 2 + max(y, height - y) ** 2
    error = scale * math.sqrt(1 / total + farthest / spread)
    return np.array([[a.real, -a.imag, b.real], [a.imag, a.real, b.imag]]), error


def _widened(boxes: Array, scale: int) -> Array:
    """Drop invalid boxes [N, 4], and convert others to the reduced image, with a margin."""
    boxes = boxes[np.isfinite(boxes).all(axis=1)] / scale
    margin = BOX_MARGIN * (boxes[:, 2:] - boxes[:, :2])
    return np.concatenate((boxes[:, :2] - margin, boxes[:, 2:] + margin), axis=1)


def _inside(points: Points, boxes: Array) -> NDArray[np.bool_]:
    """Return which points [M, 2] lie inside any box [N, 4], as a mask [M]."""
    x, y = points[:, :1], points[:, 1:]
    left, top, right, bottom = boxes.T
    return ((x >= left) & (x <= right) & (y >= top) & (y <= bottom)).any(axis=1)


def _in_source_pixels(motion: Array, scale: int) -> Array:
    """Convert a motion of the reduced image to source pixels; `scale` of them make up one."""
    offset = (scale - 1) / 2
    shift = scale * motion[:, 2] + offset - motion[:, :2] @ (offset, offset)
    return np.column_stack((motion[:, :2], shift))
