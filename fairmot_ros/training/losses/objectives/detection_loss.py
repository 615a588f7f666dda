# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Detection terms of the YOLOX loss: labels by SimOTA, and distillation of a detector."""

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
#: Predictions with at least this IoU with an ignored box, or share inside it, have no loss.
MIN_IGNORED_OVERLAP = 0.5


@dataclass(frozen=True)
class DetectionWeights:
    """Weights of the detection terms.

    Attributes:
        box_weight: weight of 1 - IoU^2 of assigned cells, as in YOLOX.
        objectness_weight: weight of the cross-entropy of the objectness of all cells.
        class_weight: weight of the cross-entropy of the class scores of assigned cells.
        distilled_score_weight: weight of `score_divergence`.
        distilled_box_weight: weight of `box_distance`.
    """

    box_weight: float = 5.0
    objectness_weight: float = 1.0
    class_weight: float = 1.0
    distilled_score_weight: float = 1.0
    distilled_box_weight: float = 1.0


def detection_terms(
    cells: Cells, teacher: Cells | None, batch: Batch, totals: Tensor
) -> dict[str, Tensor]:
    """Return the unweighted DETECTION_TERMS by name; the distilled ones only with a teacher.

    Args:
        cells: predictions of the network.
        teacher: predictions of the frozen detector, or None.
        batch: stacked targets, see `sample_targets`.
        totals: float32 [2 or more], numbers of objects and of images.
    """
    objects, images = totals[:2].clamp(min=1)
    target_objectness = torch.zeros_like(cells.objectness)
    counted = not_ignored(cells.boxes_xyxy.detach(), batch['ignored'])
    unassigned = torch.ones_like(counted)  # cells without a label, where the teacher is distilled
    box = class_score = cells.objectness.sum() * 0.0
    for row, mask in enumerate(batch['mask']):
        boxes, classes = batch['boxes'][row][mask], batch['classes'][row][mask]
        assigned = assign(
            cells.class_logits[row],
            cells.objectness[row],
            cells.boxes_xyxy[row],
            cells.centres,
            cells.strides,
            boxes,
            classes,
        )
        score = batch['scores'][row][mask][assigned.objects]
        target_objectness[row, assigned.cells] = score
        counted[row, assigned.cells] = True
        unassigned[row, assigned.cells] = False
        overlap = iou(cells.boxes_xyxy[row, assigned.cells], boxes[assigned.objects])
        box = box + (score * (1 - overlap**2)).sum()
        logits = cells.class_logits[row, assigned.cells]
        target = F.one_hot(classes[assigned.objects], logits.shape[1]) * assigned.ious[:, None]
        entropy = F.binary_cross_entropy_with_logits(logits, target, reduction='none')
        class_score = class_score + (score[:, None] * entropy).sum()
    objectness = F.binary_cross_entropy_with_logits(
        cells.objectness[counted], target_objectness[counted], reduction='sum'
    )
    terms = {
        'box': box / objects,
        'objectness': objectness / objects,
        'class': class_score / objects,
    }
    if teacher is not None:
        terms['distilled_scores'] = score_divergence(cells, teacher, unassigned) / images
        terms['distilled_boxes'] = box_distance(cells, teacher, unassigned) / images
    return terms


def not_ignored(boxes_xyxy: Tensor, ignored_xyxy: Tensor) -> Tensor:
    """Return which predictions [B, N, 4] lie outside ignored boxes [B, M, 4], bool [B, N]."""
    used = ignored_xyxy.any(2).any(0)
    if not used.any():
        return torch.ones_like(boxes_xyxy[..., 0], dtype=torch.bool)
    predicted, ignored = boxes_xyxy[:, :, None], ignored_xyxy[:, None, used]
    covered = torch.maximum(iou(predicted, ignored), share_inside(predicted, ignored))
    return covered.amax(2) < MIN_IGNORED_OVERLAP
