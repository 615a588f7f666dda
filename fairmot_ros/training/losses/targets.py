# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Training targets of the heat-map architectures: heat map, boxes, offsets, identities."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MIN_IOU = 0.7  # of a box at the edge of the Gaussian with the labelled one
IGNORED_TARGET = 0.9999  # heat-map value of ignored cells, just below that of a centre


@dataclass(frozen=True)
class Targets:
    """Training targets of one sample.

    Attributes:
        hm: float32 [C, H, W], 1 at centres, falling off as a Gaussian around them.
        wh: float32 [K, 4], distances in cells from the centre to left, top, right, bottom; or
            [K, 2], width and height in cells.
        reg: float32 [K, 2], offset (x, y) of the centre inside its cell.
        ind: int64 [K], cell of the centre, y * W + x.
        ids: int64 [K], identity, -1 where unknown.
        mask: bool [K], rows that hold an object.
    """

    hm: NDArray[np.float32]
    wh: NDArray[np.float32]
    reg: NDArray[np.float32]
    ind: NDArray[np.int64]
    ids: NDArray[np.int64]
    mask: NDArray[np.bool_]


def gaussian_radius(height: float, width: float, min_iou: float = MIN_IOU) -> float:
    """Return the radius of a heat-map Gaussian for a box.

    It is the distance by which the corners may move while the IoU stays at least `min_iou`. The
    three cases, and the division by 2 instead of 2a, are those of CornerNet (Law & Deng 2018), as
    in FairMOT's code.

    Args:
        height: height of the box in cells.
        width: width of the box in cells.
        min_iou: minimum IoU.
    """
    b1 = height + width
    c1 = width * height * (1 - min_iou) / (1 + min_iou)
    r1 = (b1 + math.sqrt(b1 * b1 - 4 * c1)) / 2
    b2 = 2 * (height + width)
    c2 = (1 - min_iou) * width * height
    r2 = (b2 + math.sqrt(b2 * b2 - 16 * c2)) / 2
    a3 = 4 * min_iou
    b3 = -2 * min_iou * (height + width)
    c3 = (min_iou - 1) * width * height
    r3 = (b3 + math.sqrt(b3 * b3 - 4 * a3 * c3)) / 2
    return min(r1, r2, r3)


def make_targets(
    boxes_xyxy: NDArray[np.float32],
    identities: NDArray[np.int64],
    size: tuple[int, int],
    *,
    max_objects: int = 500,
    num_classes: int = 1,
    class_ids: NDArray[np.int64] | None = None,
    wh_channels: int = 4,
) -> Targets:
    """Make the targets of one sample.

    Args:
        boxes_xyxy: [N, 4] in cells of the output map; they may extend beyond it.
        identities: int64 [N], -1 where unknown.
        size: (width, height) of the output map in cells.
        max_objects: number of rows of the targets; further objects are dropped.
        num_classes: number of heat maps.
        class_ids: int64 [N]; all 0 by default.
        wh_channels: 4 for distances to the sides, 2 for width and height.
    """
    width, height = size
    hm = np.zeros((num_classes, height, width), np.float32)
    wh = np.zeros((max_objects, wh_channels), np.float32)
    reg = np.zeros((max_objects, 2), np.float32)
    ind = np.zeros(max_objects, np.int64)
    ids = np.full(max_objects, -1, np.int64)
    mask = np.zeros(max_objects, np.bool_)
    classes = np.zeros(len(boxes_xyxy), np.int64) if class_ids is None else class_ids
    for row, (box, identity, label) in enumerate(
        zip(boxes_xyxy[:max_objects], identities, classes, strict=False)
    ):
        left, top, right, bottom = (float(v) for v in box)
        w, h = right - left, bottom - top
        if w <= 0 or h <= 0:
            continue
        centre = np.array([left + w / 2, top + h / 2], np.float32)
        centre = np.clip(centre, 0, np.array([width - 1, height - 1], np.float32))
        cell = centre.astype(np.int64)
        radius = max(0, int(gaussian_radius(math.ceil(h), math.ceil(w))))
        draw_gaussian(hm[label], (int(cell[0]), int(cell[1])), radius)
        sides = centre[0] - left, centre[1] - top, right - centre[0], bottom - centre[1]
        wh[row] = sides if wh_channels == 4 else (w, h)
        reg[row] = centre - cell
        ind[row] = cell[1] * width + cell[0]
        ids[row] = identity
        mask[row] = True
    return Targets(hm, wh, reg, ind, ids, mask)


def draw_gaussian(heatmap: NDArray[np.float32], centre: tuple[int, int], radius: int) -> None:
    """Draw a Gaussian into a heat map [H, W], in place, as the maximum of both.

    Args:
        heatmap: float32 [H, W].
        centre: cell (x, y).
        radius: radius in cells; sigma is (2 radius + 1) / 6.
    """
    x, y = centre
    height, width = heatmap.shape
    sigma = (2 * radius + 1) / 6
    step = np.arange(-radius, radius + 1)
    bell = np.exp(-(step[:, None] ** 2 + step[None, :] ** 2) / (2 * sigma * sigma))
    bell[bell < np.finfo(bell.dtype).eps * bell.max()] = 0
    left, right = min(x, radius), min(width - x, radius + 1)
    top, bottom = min(y, radius), min(height - y, radius + 1)
    window = heatmap[y - top : y + bottom, x - left : x + right]
    np.maximum(
        window, bell[radius - top : radius + bottom, radius - left : radius + right], out=window
    )


def mask_ignored_regions(heatmaps: NDArray[np.float32], boxes_xyxy: NDArray[np.float32]) -> None:
    """Set heat maps to IGNORED_TARGET in the middle of ignored boxes, in place.

    The focal loss weights a cell by (1 - target)^4, so detections there are not penalised. The
    outer parts of the boxes, where their centre cannot be, keep their targets.

    Args:
        heatmaps: float32 [C, H, W]; centres keep their value 1.
        boxes_xyxy: [N, 4] in cells.
    """
    quarter = (boxes_xyxy[:, 2:] - boxes_xyxy[:, :2]) / 4
    middles = np.concatenate((boxes_xyxy[:, :2] + quarter, boxes_xyxy[:, 2:] - quarter), axis=1)
    for left, top, right, bottom in middles.clip(0):
        cells = heatmaps[:, int(top) : math.ceil(bottom), int(left) : math.ceil(right)]
        np.maximum(cells, IGNORED_TARGET, out=cells)
