"""Box forms: xyxy (corners), xywh (corner and size), xyah (centre, aspect, height)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def xyxy_to_xywh(boxes: NDArray[np.float32]) -> Array:
    """Convert detections [N, 4]; sizes are taken in float32, as in the published code."""
    xywh = boxes.copy()
    xywh[:, 2:] -= boxes[:, :2]
    return xywh.astype(np.float64)


def xywh_to_xyxy(boxes: Array) -> Array:
    """Convert [N, 4]."""
    xyxy = boxes.copy()
    xyxy[:, 2:] += boxes[:, :2]
    return xyxy


def xywh_to_xyah(boxes: Array) -> Array:
    """Convert [N, 4]."""
    xyah = boxes.copy()
    xyah[:, :2] += boxes[:, 2:] / 2
    xyah[:, 2] /= boxes[:, 3]
    return xyah


def xyah_to_xywh(boxes: Array) -> Array:
    """Convert [N, 4]."""
    xywh = boxes.copy()
    xywh[:, 2] *= boxes[:, 3]
    xywh[:, :2] -= xywh[:, 2:] / 2
    return xywh


def xyah_to_size_covariance(boxes: Array, variance: Array) -> Array:
    """Return the covariance [N, 4, 4] of centre x, centre y, width, height.

    To first order: width = aspect * height.

    Args:
        boxes: [N, 4] in xyah.
        variance: [N, 4] of it.
    """
    aspect, height = boxes[:, 2], boxes[:, 3]
    covariance = np.zeros((len(boxes), 4, 4))
    covariance[:, 0, 0], covariance[:, 1, 1] = variance[:, 0], variance[:, 1]
    covariance[:, 2, 2] = height**2 * variance[:, 2] + aspect**2 * variance[:, 3]
    covariance[:, 2, 3] = covariance[:, 3, 2] = aspect * variance[:, 3]
    covariance[:, 3, 3] = variance[:, 3]
    return covariance
