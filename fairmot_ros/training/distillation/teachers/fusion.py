# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Fusion of overlapping detections: non-maximum suppression and weighted boxes fusion."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.boxes import iou_matrix
from fairmot_ros.detector.suppression import non_maximum_suppression

Array = NDArray[np.float32]

#: Minimum IoU of boxes of several detectors that show the same person.
FUSION_IOU = 0.55


def suppress(detections: Array, max_iou: float) -> Array:
    """Apply non-maximum suppression to detections [K, 5] (box, score).

    Returns:
        The remaining rows by descending score.
    """
    detections = detections[np.argsort(-detections[:, 4], kind='stable')]
    classes = np.zeros(len(detections), np.int64)
    kept = non_maximum_suppression(detections[:, :4], classes, max_iou)
    return detections[kept]


def fuse(detections: Sequence[Array], min_iou: float = FUSION_IOU) -> Array:
    """Fuse the detections of several detectors (weighted boxes fusion, Solovyev et al. 2021).

    By descending score, each box joins the cluster with the highest IoU of its fused box, if that
    is at least `min_iou`, or starts a new cluster. The fused box is the mean of the boxes of the
    cluster, weighted by their scores. Its score is the sum of their scores divided by the number
    of detectors: a person detected by one of four detectors has a score of at most 0.25.

    Args:
        detections: one array [K, 5] (left, top, right, bottom, score) per detector.
        min_iou: minimum IoU of a box with the fused box of its cluster.

    Returns:
        Fused detections [N, 5] by descending score.
    """
    boxes = np.concatenate([np.reshape(d, (-1, 5)) for d in detections]).astype(np.float64)
    weighted: list[NDArray[np.float64]] = []  # per cluster: sum of score * box, sum of scores
    members: list[int] = []
    fused = np.zeros((0, 4))
    for row in boxes[np.argsort(-boxes[:, 4], kind='stable')]:
        contribution = np.append(row[:4] * row[4], row[4])
        overlap = iou_matrix(row[None, :4], fused)[0]
        best = int(overlap.argmax()) if len(overlap) else -1
        if best >= 0 and overlap[best] >= min_iou:
            weighted[best] = weighted[best] + contribution
            members[best] += 1
            fused[best] = weighted[best][:4] / weighted[best][4]
        else:
            weighted.append(contribution)
            members.append(1)
            fused = np.vstack((fused, row[:4]))
    # A detector may have several boxes in a cluster: dividing by their number keeps scores <= 1.
    divisors = np.maximum(members, len(detections)) if members else np.zeros(0)
    scores = np.array([w[4] for w in weighted]) / divisors
    order = np.argsort(-scores, kind='stable')
    result: Array = np.column_stack((fused, scores))[order].astype(np.float32)
    return result
