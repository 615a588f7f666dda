"""Loss of the detections of all cells: YOLOX's own terms, and those of distillation."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from fairmot_ros.boxes import iou, share_inside
from fairmot_ros.training.losses.objectives.base import Batch
from fairmot_ros.training.losses.objectives.cells import Cells
from fairmot_ros.training.losses.objectives.distillation import box_distance, score_divergence
from fairmot_ros.training.losses.objectives.sim_ota import assign

DETECTION_TERMS = ('box', 'objectness', 'class', 'distilled_scores', 'distilled_boxes')
#: A prediction that overlaps an ignored box so much, or lies in it by this share, is not judged.
IGNORED_OVERLAP = 0.5


@dataclass(frozen=True)
class DetectionWeights:
    """Weights of the detection terms.

    Attributes:
        box_weight: of 1 - IoU^2; YOLOX's own.
        objectness_weight: of the cross-entropy of the objectness of all cells.
        class_weight: of the cross-entropy of the class scores of assigned cells.
        distilled_score_weight: see `score_divergence`.
        distilled_box_weight: see `box_distance`.
    """

    box_weight: float = 5.0
    objectness_weight: float = 1.0
    class_weight: float = 1.0
    distilled_score_weight: float = 1.0
    distilled_box_weight: float = 1.0


def detection_terms(
    cells: Cells, teacher: Cells | None, batch: Batch, totals: Tensor
) -> dict[str, Tensor]:
    """Return DETECTION_TERMS, unweighted.

    Args:
        cells: predictions of the network.
        teacher: those of the frozen detector, or None.
        batch: see `scene_targets`.
        totals: float32 [2 or more], see `count_totals`.
    """
    objects, images = totals[:2].clamp(min=1)
    wanted = torch.zeros_like(cells.objectness)
    judged = not_ignored(cells.boxes_xyxy.detach(), batch['ignored'])
    free = torch.ones_like(judged)  # for the teacher: cells without a label
    box = class_score = cells.objectness.sum() * 0.0
    for row, mask in enumerate(batch['mask']):
        boxes, classes = batch['boxes'][row][mask], batch['classes'][row][mask]
        found = assign(
            cells.class_logits[row],
            cells.objectness[row],
            cells.boxes_xyxy[row],
            cells.centres,
            cells.strides,
            boxes,
            classes,
        )
        score = batch['scores'][row][mask][found.objects]
        wanted[row, found.cells] = score
        judged[row, found.cells] = True
        free[row, found.cells] = False
        overlap = iou(cells.boxes_xyxy[row, found.cells], boxes[found.objects])
        box = box + (score * (1 - overlap**2)).sum()
        logits = cells.class_logits[row, found.cells]
        target = F.one_hot(classes[found.objects], logits.shape[1]) * found.ious[:, None]
        entropy = F.binary_cross_entropy_with_logits(logits, target, reduction='none')
        class_score = class_score + (score[:, None] * entropy).sum()
    objectness = F.binary_cross_entropy_with_logits(
        cells.objectness[judged], wanted[judged], reduction='sum'
    )
    terms = {
        'box': box / objects,
        'objectness': objectness / objects,
        'class': class_score / objects,
    }
    if teacher is not None:
        terms['distilled_scores'] = score_divergence(cells, teacher, free) / images
        terms['distilled_boxes'] = box_distance(cells, teacher, free) / images
    return terms


def not_ignored(boxes_xyxy: Tensor, ignored_xyxy: Tensor) -> Tensor:
    """Return which predictions [B, N, 4] are outside ignored boxes [B, M, 4], bool [B, N]."""
    used = ignored_xyxy.any(2).any(0)
    if not used.any():
        return torch.ones_like(boxes_xyxy[..., 0], dtype=torch.bool)
    predicted, ignored = boxes_xyxy[:, :, None], ignored_xyxy[:, None, used]
    covered = torch.maximum(iou(predicted, ignored), share_inside(predicted, ignored))
    return covered.amax(2) < IGNORED_OVERLAP
