# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Distillation of a frozen detector, which keeps fine-tuning close to its predictions."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from fairmot_ros.boxes import iou
from fairmot_ros.training.losses.objectives.cells import Cells

#: Boxes of cells with a lower teacher score are not distilled.
MIN_SCORE = 0.05


def score_divergence(student: Cells, teacher: Cells, counted: Tensor) -> Tensor:
    """Return the divergence of the scores from the teacher's, summed over cells.

    The divergence of the class scores is weighted by the teacher's objectness, because YOLOX does
    not train the class scores of the background.

    Args:
        student: predictions of the trained network.
        teacher: predictions of the frozen network for the same cells.
        counted: bool [B, N], the cells that are summed.
    """
    objectness = teacher.objectness.sigmoid()
    total = _divergence(student.objectness, objectness)
    classes = _divergence(student.class_logits, teacher.class_logits.sigmoid()).sum(2)
    return (total + objectness * classes)[counted].sum()


def box_distance(student: Cells, teacher: Cells, counted: Tensor) -> Tensor:
    """Return 1 - IoU with the teacher's boxes, times the teacher's score, summed over cells.

    Args:
        student: predictions of the trained network.
        teacher: predictions of the frozen network for the same cells.
        counted: bool [B, N], the cells that are summed.
    """
    score = teacher.scores.amax(2)
    counted = counted & (score >= MIN_SCORE)
    overlap = iou(student.boxes_xyxy[counted], teacher.boxes_xyxy[counted])
    return (score[counted] * (1 - overlap)).sum()


def _divergence(logits: Tensor, target: Tensor) -> Tensor:
    """Return the Kullback-Leibler divergence of Bernoulli variables from `target` to logits."""
    entropy = -(torch.xlogy(target, target) + torch.xlogy(1 - target, 1 - target))
    return F.binary_cross_entropy_with_logits(logits, target, reduction='none') - entropy
