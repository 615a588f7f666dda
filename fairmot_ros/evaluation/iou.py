"""Overlap of boxes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

# Scores are compared with a threshold less one rounding step, so that an overlap of exactly the
# threshold counts.
EPS = float(np.finfo(np.float64).eps)


def box_iou(boxes_a: FloatArray, boxes_b: FloatArray) -> FloatArray:
    """Return the intersection over union of every pair of boxes.

    Args:
        boxes_a: float64 [N, 4], left, top, width, height.
        boxes_b: float64 [M, 4], likewise.

    Returns:
        float64 [N, M] in 0..1; 0 wherever a box has no area.
    """
    start_a, start_b = boxes_a[:, None, :2], boxes_b[None, :, :2]
    stop_a, stop_b = start_a + boxes_a[:, None, 2:4], start_b + boxes_b[None, :, 2:4]
    overlap = np.maximum(np.minimum(stop_a, stop_b) - np.maximum(start_a, start_b), 0)
    intersection = overlap[..., 0] * overlap[..., 1]
    # The size is taken back from the corners: it rounds as the overlap does, so that a box's
    # overlap with itself is exactly 1.
    area_a, area_b = (stop_a - start_a).prod(axis=2), (stop_b - start_b).prod(axis=2)
    union = area_a + area_b - intersection
    solid = (area_a > EPS) & (area_b > EPS) & (union > EPS)
    return np.divide(intersection, union, out=np.zeros_like(union), where=solid)
