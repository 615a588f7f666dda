# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""SimOTA, the assignment of cells to objects in YOLOX.

Ge et al. 2021, "YOLOX: Exceeding YOLO Series in 2021", section 2.1, with the constants of its
code (github.com/Megvii-BaseDetection/YOLOX). YOLOX-nano was trained with this assignment, so
fine-tuning with it preserves the scale of its scores.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from fairmot_ros.boxes import iou

#: Half the side of the square around an object's centre, in cells.
CENTRE_RADIUS = 2.5
#: Weight of -log(IoU) in the cost; that of the classification is 1.
IOU_COST = 3.0
#: Added to the cost of cells outside the object's box or outside the square.
OUTSIDE_COST = 1e5
#: Number of the best IoUs whose sum is the number of cells of an object.
TOP_IOUS = 10
EPSILON = 1e-8


@dataclass(frozen=True)
class Assignment:
    """Pairs of cells and objects of one image.

    Attributes:
        cells: index of the cell, int64 [P].
        objects: row of its object, int64 [P].
        ious: IoU of the cell's predicted box with the object, float32 [P].
    """

    cells: Tensor
    objects: Tensor
    ious: Tensor


@torch.no_grad()
def assign(
    class_logits: Tensor,
    objectness: Tensor,
    predicted_xyxy: Tensor,
    centres: Tensor,
    strides: Tensor,
    boxes_xyxy: Tensor,
    classes: Tensor,
) -> Assignment:
    """Assign cells of one image to its objects.

    The number of cells of an object is the sum of the TOP_IOUS best IoUs of predictions with it,
    but at least one ("dynamic k"). An object gets its cells of lowest cost. A cell chosen for
    several objects is assigned to the one of lowest cost, so an object may end up without a cell.

    Args:
        class_logits: logits of the classes [N, classes].
        objectness: logits of the objectness [N].
        predicted_xyxy: predicted boxes [N, 4] in pixels.
        centres: centres of the cells [N, 2] in pixels.
        strides: pixels per cell [N].
        boxes_xyxy: boxes of the objects [K, 4] in pixels.
        classes: classes of the objects, int64 [K].
    """
    none = torch.zeros(0, dtype=torch.int64, device=centres.device)
    if not len(boxes_xyxy):
        return Assignment(none, none, none.float())
    in_box, in_square = _inside(centres, strides, boxes_xyxy)  # [K, N]
    rows = (in_box | in_square).any(0).nonzero()[:, 0]
    if not len(rows):
        return Assignment(none, none, none.float())
    overlap = iou(predicted_xyxy[None, rows].float(), boxes_xyxy[:, None])
    cost = _classification_cost(class_logits[rows], objectness[rows], classes)
    cost = cost - IOU_COST * (overlap + EPSILON).log()
    cost = cost + OUTSIDE_COST * ~(in_box & in_square)[:, rows]
    chosen = torch.zeros_like(cost, dtype=torch.bool)
    best = overlap.topk(min(TOP_IOUS, len(rows)), dim=1).values.sum(1)
    for row, count in enumerate(best.int().clamp(min=1).tolist()):
        chosen[row, cost[row].topk(count, largest=False).indices] = True
    cheapest = F.one_hot(cost.argmin(0), len(cost)).t().bool()
    chosen &= cheapest | (chosen.sum(0) == 1)
    objects, columns = chosen.nonzero(as_tuple=True)
    return Assignment(rows[columns], objects, overlap[objects, columns])


def _inside(centres: Tensor, strides: Tensor, boxes_xyxy: Tensor) -> tuple[Tensor, Tensor]:
    """Return which cell centres lie in the boxes, and near the boxes' centres, bool [K, N]."""
    x, y = centres.unbind(1)
    left, top, right, bottom = (side[:, None] for side in boxes_xyxy.unbind(1))
    in_box = (x > left) & (x < right) & (y > top) & (y < bottom)
    far_x, far_y = (x - (left + right) / 2).abs(), (y - (top + bottom) / 2).abs()
    return in_box, torch.maximum(far_x, far_y) < CENTRE_RADIUS * strides


def _classification_cost(class_logits: Tensor, objectness: Tensor, classes: Tensor) -> Tensor:
    """Return the binary cross-entropy [K, N] of sqrt(class score * objectness)."""
    score = (class_logits.float().sigmoid() * objectness.float().sigmoid()[:, None]).sqrt()
    score = score.clamp(EPSILON, 1 - 1e-6)
    negative = -(1 - score).log()  # [N, classes]
    target = F.one_hot(classes, score.shape[1]).to(score.dtype)  # [K, classes]
    return negative.sum(1)[None] + target @ (-score.log() - negative).t()
