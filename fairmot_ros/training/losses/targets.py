"""What the network should answer for a scene: heat map, box distances, offsets, identities."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MIN_OVERLAP = 0.7
UNJUDGED = 0.9999


@dataclass(frozen=True)
class Targets:
    """Training targets of one scene.

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


def gaussian_radius(height: float, width: float, min_overlap: float = MIN_OVERLAP) -> float:
    """Return how far a corner may move until the boxes overlap by less than `min_overlap`.

    The three cases and the division by 2 instead of 2a are CornerNet's (Law & Deng 2018), as
    the published FairMOT has them.
    """
    b1 = height + width
    c1 = width * height * (1 - min_overlap) / (1 + min_overlap)
    r1 = (b1 + math.sqrt(b1 * b1 - 4 * c1)) / 2
    b2 = 2 * (height + width)
    c2 = (1 - min_overlap) * width * height
    r2 = (b2 + math.sqrt(b2 * b2 - 16 * c2)) / 2
    a3 = 4 * min_overlap
    b3 = -2 * min_overlap * (height + width)
    c3 = (min_overlap - 1) * width * height
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
    """Make the targets of one scene.

    Args:
        boxes_xyxy: [N, 4] in cells of the output map; they may leave it.
        identities: [N].
        size: (width, height) of the output map.
        max_objects: rows of the fixed-size arrays; further objects are left out.
        num_classes: heat maps.
        class_ids: [N], 0 by default.
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
    """Raise the heat map [H, W] to a Gaussian of sigma (2 radius + 1) / 6 around `centre`."""
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


def leave_unjudged(heatmaps: NDArray[np.float32], boxes_xyxy: NDArray[np.float32]) -> None:
    """Raise heat maps [C, H, W] in the middle of boxes [N, 4], in cells, to just below a centre.

    The focal loss weighs a cell by (1 - target)^4, so what is answered there costs nothing.
    Beside the middle, where no centre can be, other people's surroundings are still judged.
    """
    quarter = (boxes_xyxy[:, 2:] - boxes_xyxy[:, :2]) / 4
    middles = np.concatenate((boxes_xyxy[:, :2] + quarter, boxes_xyxy[:, 2:] - quarter), axis=1)
    for left, top, right, bottom in middles.clip(0):
        cells = heatmaps[:, int(top) : math.ceil(bottom), int(left) : math.ceil(right)]
        np.maximum(cells, UNJUDGED, out=cells)
