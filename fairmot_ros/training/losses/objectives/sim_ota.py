"""SimOTA: the assignment of objects to cells.

Ge et al. 2021, "YOLOX: Exceeding YOLO Series in 2021", section 2.1, with the constants of the
published code (github.com/Megvii-BaseDetection/YOLOX). YOLOX-nano was trained with it, so its
scores keep their meaning in fine-tuning.
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
#: The sum of so many best IoUs is the number of cells of an object.
CANDIDATES = 10
EPSILON = 1e-8


@dataclass(frozen=True)
class Assignment:
    """The cells that detect the objects of one image.

    Attributes:
        cells: int64 [P].
        objects: int64 [P], the row of each cell's object.
        ious: float32 [P], of the cell's predicted box with the object's.
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

    The number of cells of an object is the sum of the best IoUs that predictions have with it,
    one at least ("dynamic k"). The object gets the cells of least cost. A cell chosen for several
    objects is assigned to the one of least cost, so an object may end up without a cell.

    Args:
        class_logits: [N, classes].
        objectness: [N], logits.
        predicted_xyxy: [N, 4].
        centres: [N, 2], middle of the cells.
        strides: [N], pixels per cell.
        boxes_xyxy: [K, 4] of the objects, in pixels.
        classes: int64 [K].
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
    best = overlap.topk(min(CANDIDATES, len(rows)), dim=1).values.sum(1)
    for row, count in enumerate(best.int().clamp(min=1).tolist()):
        chosen[row, cost[row].topk(count, largest=False).indices] = True
    cheapest = F.one_hot(cost.argmin(0), len(cost)).t().bool()
    chosen &= cheapest | (chosen.sum(0) == 1)
    objects, columns = chosen.nonzero(as_tuple=True)
    return Assignment(rows[columns], objects, overlap[objects, columns])


def _inside(centres: Tensor, strides: Tensor, boxes_xyxy: Tensor) -> tuple[Tensor, Tensor]:
    """Return which cells [K, N] have their middle in the boxes, and near the boxes' centres."""
    x, y = centres.unbind(1)
    left, top, right, bottom = (side[:, None] for side in boxes_xyxy.unbind(1))
    in_box = (x > left) & (x < right) & (y > top) & (y < bottom)
    far_x, far_y = (x - (left + right) / 2).abs(), (y - (top + bottom) / 2).abs()
    return in_box, torch.maximum(far_x, far_y) < CENTRE_RADIUS * strides


def _classification_cost(class_logits: Tensor, objectness: Tensor, classes: Tensor) -> Tensor:
    """Return the binary cross-entropy [K, N] of the root of class score times objectness."""
    score = (class_logits.float().sigmoid() * objectness.float().sigmoid()[:, None]).sqrt()
    score = score.clamp(EPSILON, 1 - 1e-6)
    absent = -(1 - score).log()  # [N, classes]
    wanted = F.one_hot(classes, score.shape[1]).to(score.dtype)  # [K, classes]
    return absent.sum(1)[None] + wanted @ (-score.log() - absent).t()
