"""Distillation of a frozen detector, so that fine-tuning does not forget other footage."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from fairmot_ros.boxes import iou
from fairmot_ros.training.losses.objectives.cells import Cells

#: Boxes of cells below this score are not distilled.
LOWEST_SCORE = 0.05


def score_divergence(student: Cells, teacher: Cells, judged: Tensor) -> Tensor:
    """Return how far the scores are from the teacher's, summed over cells.

    The divergence of the class scores is weighted by the teacher's objectness, because YOLOX does
    not train class scores of the background.

    Args:
        student: predictions of the network in training.
        teacher: those of the frozen one, of the same cells.
        judged: bool [B, N], the cells that count.
    """
    objectness = teacher.objectness.sigmoid()
    total = _divergence(student.objectness, objectness)
    classes = _divergence(student.class_logits, teacher.class_logits.sigmoid()).sum(2)
    return (total + objectness * classes)[judged].sum()


def box_distance(student: Cells, teacher: Cells, judged: Tensor) -> Tensor:
    """Return 1 - IoU of the boxes with the teacher's, times its score, summed over cells.

    Args: see `score_divergence`.
    """
    score = teacher.scores.amax(2)
    counted = judged & (score >= LOWEST_SCORE)
    overlap = iou(student.boxes_xyxy[counted], teacher.boxes_xyxy[counted])
    return (score[counted] * (1 - overlap)).sum()


def _divergence(logits: Tensor, wanted: Tensor) -> Tensor:
    """Return the Kullback-Leibler divergence of Bernoulli variables, from `wanted` to logits."""
    entropy = -(torch.xlogy(wanted, wanted) + torch.xlogy(1 - wanted, 1 - wanted))
    return F.binary_cross_entropy_with_logits(logits, wanted, reduction='none') - entropy
