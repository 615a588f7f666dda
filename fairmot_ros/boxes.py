# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Geometry of axis-aligned boxes: formats, areas, overlaps.

Boxes are arrays [..., 4] in pixels, in one of three formats:

- xyxy: left, top, right, bottom;
- xywh: left, top, width, height;
- cxcywh: centre x, centre y, width, height.

Functions marked "arrays or tensors" accept NumPy arrays and torch tensors, with gradients; all
others accept NumPy arrays. Leading dimensions are broadcast; empty arrays are allowed. Functions
`*_matrix` compare each of N boxes with each of M boxes. Conversions keep the memory layout:
transposed arrays [4, N] stay contiguous by coordinate.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    from torch import Tensor

    Boxes = TypeVar('Boxes', NDArray[np.float32], NDArray[np.float64], Tensor)

#: Lower limit of divisors, so that boxes without area have an IoU of 0.
MIN_AREA = 1e-6
#: Pixels that cython_bbox, which the published trackers use for the IoU, adds to box sizes.
CYTHON_BBOX_PIXEL = 1.0
#: Tolerance of TrackEval: smaller areas count as 0, and it is subtracted from IoU thresholds.
TRACKEVAL_EPSILON = float(np.finfo(np.float64).eps)

# -- formats ---------------------------------------------------------------------------------


def xyxy_to_xywh(boxes: NDArray) -> NDArray:
    """Convert boxes [..., 4]; sizes are rounded to the type of the boxes."""
    xywh = _float_copy(boxes)
    size = xywh[..., 2:]
    size -= boxes[..., :2]
    return xywh


def xywh_to_xyxy(boxes: NDArray) -> NDArray:
    """Convert boxes [..., 4]."""
    xyxy = _float_copy(boxes)
    high = xyxy[..., 2:]
    high += boxes[..., :2]
    return xyxy


def xywh_to_cxcywh(boxes: NDArray) -> NDArray:
    """Convert boxes [..., 4]."""
    centred = _float_copy(boxes)
    centre = centred[..., :2]
    centre += boxes[..., 2:] / 2
    return centred


def cxcywh_to_xywh(boxes: NDArray) -> NDArray:
    """Convert boxes [..., 4]."""
    xywh = _float_copy(boxes)
    low = xywh[..., :2]
    low -= boxes[..., 2:] / 2
    return xywh


def xyxy_to_cxcywh(boxes: NDArray) -> NDArray:
    """Convert boxes [..., 4]."""
    low, high = boxes[..., :2], boxes[..., 2:]
    return np.concatenate(((low + high) / 2, high - low), -1)


def _float_copy(boxes: NDArray) -> NDArray:
    """Return a copy, converted to a floating-point type if necessary."""
    return boxes.astype(np.result_type(boxes, np.float32), order='K')


def boxes_around(centres: Boxes, sizes: Boxes) -> Boxes:
    """Return boxes_xyxy [..., 4] with given centres and sizes [..., 2], arrays or tensors."""
    half = sizes / 2
    return _concatenate(centres)((centres - half, centres + half), -1)


def cxcywh_to_xyxy(boxes: Boxes) -> Boxes:
    """Convert boxes [..., 4], arrays or tensors."""
    return boxes_around(boxes[..., :2], boxes[..., 2:])


# -- single boxes ----------------------------------------------------------------------------


#: Largest coordinate: larger ones become infinite in float32, the type of detections.
MAX_FLOAT32 = float(np.finfo(np.float32).max)


def is_valid_box(boxes_xyxy: ArrayLike) -> NDArray[np.bool_]:
    """Return whether each box [..., 4] has an area and coordinates up to MAX_FLOAT32, as [...]."""
    boxes = np.asarray(boxes_xyxy)
    ordered = (boxes[..., 2:] > boxes[..., :2]).all(-1)
    return np.asarray((np.abs(boxes) <= MAX_FLOAT32).all(-1) & ordered)


def clip_boxes(boxes_xyxy: NDArray, size: tuple[int, int]) -> NDArray:
    """Return boxes [..., 4] clipped to an image of `size` (width, height)."""
    return boxes_xyxy.clip(0, np.array([*size, *size], boxes_xyxy.dtype))


def area(boxes_xyxy: Boxes, pixel: float = 0.0) -> Boxes:
    """Return the areas [...] of boxes [..., 4], arrays or tensors; 0 where a side is negative.

    Args:
        boxes_xyxy: the boxes.
        pixel: added to width and height, see `CYTHON_BBOX_PIXEL`.
    """
    sides = boxes_xyxy[..., 2:] - boxes_xyxy[..., :2]
    return ((sides + pixel) if pixel else sides).clip(0).prod(-1)


# -- two boxes -------------------------------------------------------------------------------


def intersection(a: Boxes, b: Boxes) -> Boxes:
    """Return the intersection areas [...] of boxes_xyxy [..., 4], arrays or tensors."""
    maximum, minimum = _extremes(a)
    low = maximum(a[..., :2], b[..., :2])
    high = minimum(a[..., 2:], b[..., 2:])
    return (high - low).clip(0).prod(-1)


def iou_of_areas(shared: Boxes, area_a: Boxes, area_b: Boxes) -> Boxes:
    """Return the intersection over union, given intersections and areas, arrays or tensors."""
    return shared / (area_a + area_b - shared).clip(MIN_AREA)


def iou(a: Boxes, b: Boxes) -> Boxes:
    """Return the intersection over union, 0..1, of boxes_xyxy [..., 4], arrays or tensors."""
    return iou_of_areas(intersection(a, b), area(a), area(b))


def share_inside(boxes_xyxy: Boxes, regions_xyxy: Boxes) -> Boxes:
    """Return the share of the area of boxes that is inside regions, 0..1, arrays or tensors."""
    return intersection(boxes_xyxy, regions_xyxy) / area(boxes_xyxy).clip(MIN_AREA)


def visible_share(boxes_xyxy: NDArray, size: tuple[int, int]) -> NDArray:
    """Return the share [...] of boxes [..., 4] inside an image of `size` (width, height)."""
    return share_inside(boxes_xyxy, np.array([0, 0, *size], boxes_xyxy.dtype))


def paired_iou(
    pairs: tuple[NDArray, NDArray], a: NDArray, b: NDArray, pixel: float = 0.0
) -> NDArray:
    """Return the intersection over union [K] of K pairs of boxes.

    Args:
        pairs: indices [K] into a, and [K] into b.
        a: boxes_xyxy [4, N], coordinates first, which is faster for many boxes.
        b: boxes_xyxy [4, M].
        pixel: added to widths and heights, see `CYTHON_BBOX_PIXEL`.
    """
    in_a, in_b = pairs
    (low_a, high_a), (low_b, high_b) = a.reshape(2, 2, -1), b.reshape(2, 2, -1)
    sides = np.minimum(high_a.take(in_a, 1), high_b.take(in_b, 1))
    sides -= np.maximum(low_a.take(in_a, 1), low_b.take(in_b, 1))
    sides += pixel
    np.maximum(sides, 0, out=sides)
    shared = sides[0] * sides[1]
    (width_a, height_a), (width_b, height_b) = high_a - low_a + pixel, high_b - low_b + pixel
    union = (width_a * height_a).take(in_a) + (width_b * height_b).take(in_b)
    union -= shared
    return shared / union


# -- all pairs -------------------------------------------------------------------------------


def iou_matrix(a: NDArray, b: NDArray) -> NDArray:
    """Return the intersection over union [N, M] of boxes_xyxy [N, 4] and [M, 4]."""
    return iou(a[:, None], b[None, :])


def coverage_matrix(a: NDArray, b: NDArray) -> NDArray:
    """Return the intersection [N, M] of boxes_xyxy as a share of the smaller box's area."""
    a, b = a[:, None], b[None, :]
    return intersection(a, b) / np.minimum(area(a), area(b)).clip(MIN_AREA)


def trackeval_iou_matrix(
    a_xywh: NDArray[np.float64], b_xywh: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the intersection over union [N, M] of boxes_xywh, rounded as in TrackEval.

    Boxes without area have an IoU of 0.
    """
    start_a, start_b = a_xywh[:, None, :2], b_xywh[None, :, :2]
    stop_a, stop_b = start_a + a_xywh[:, None, 2:4], start_b + b_xywh[None, :, 2:4]
    sides = np.maximum(np.minimum(stop_a, stop_b) - np.maximum(start_a, start_b), 0)
    shared = sides[..., 0] * sides[..., 1]
    # Areas are computed from the corners, so that they round like the intersection: the IoU of a
    # box with itself is exactly 1.
    area_a, area_b = (stop_a - start_a).prod(axis=2), (stop_b - start_b).prod(axis=2)
    union = area_a + area_b - shared
    solid = np.minimum(np.minimum(area_a, area_b), union) > TRACKEVAL_EPSILON
    return np.divide(shared, union, out=np.zeros_like(union), where=solid)


# -- NumPy and torch -------------------------------------------------------------------------


def _concatenate(boxes: Any) -> Callable[..., Any]:
    if isinstance(boxes, np.ndarray):
        return np.concatenate
    import torch

    return torch.cat


def _extremes(boxes: Any) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """Return the functions for elementwise maximum and minimum of arrays or tensors."""
    if isinstance(boxes, np.ndarray):
        return np.maximum, np.minimum
    import torch

    return torch.maximum, torch.minimum
