"""Merging of overlapping boxes: non-maximum suppression and weighted boxes fusion."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

#: IoU from which on boxes of several detectors are the same person.
FUSION_IOU = 0.55


def iou(boxes_a: NDArray, boxes_b: NDArray) -> NDArray:
    """Return the intersection over union [N, M] of boxes [N, 4] and [M, 4], left-top-right-bottom.

    Boxes without area have an IoU of 0.
    """
    low = np.maximum(boxes_a[:, None, :2], boxes_b[None, :, :2])
    high = np.minimum(boxes_a[:, None, 2:4], boxes_b[None, :, 2:4])
    shared = np.prod((high - low).clip(0), axis=2)
    area_a, area_b = (np.prod((b[:, 2:4] - b[:, :2]).clip(0), axis=1) for b in (boxes_a, boxes_b))
    union = area_a[:, None] + area_b[None, :] - shared
    return np.asarray(shared / np.maximum(union, 1e-9))


def suppress(detections: Array, max_iou: float) -> Array:
    """Apply non-maximum suppression to detections [K, 5] (box, score).

    Returns:
        The kept rows in falling order of score.
    """
    detections = detections[np.argsort(-detections[:, 4], kind='stable')]
    overlap = iou(detections, detections)
    free = np.ones(len(detections), bool)
    for row in range(len(detections)):
        if free[row]:
            free[row + 1 :] &= overlap[row, row + 1 :] <= max_iou
    return detections[free]


def fuse(detections: Sequence[Array], min_iou: float = FUSION_IOU) -> Array:
    """Fuse the detections of several detectors (weighted boxes fusion, Solovyev et al. 2021).

    In falling order of score, each box joins the cluster whose fused box it overlaps most, by at
    least `min_iou`, or starts a new one. A cluster's box is the mean of its boxes weighted by
    their scores. Its score is the sum of their scores divided by the number of detectors: a
    person whom one of four detectors finds has at most 0.25.

    Args:
        detections: one array [K, 5] (left, top, right, bottom, score) per detector.
        min_iou: lowest overlap within a cluster.

    Returns:
        [N, 5] in falling order of score.
    """
    boxes = np.concatenate([np.reshape(d, (-1, 5)) for d in detections]).astype(np.float64)
    weighted: list[NDArray[np.float64]] = []  # per cluster: sum of score * box, sum of scores
    members: list[int] = []
    fused = np.zeros((0, 4))
    for row in boxes[np.argsort(-boxes[:, 4], kind='stable')]:
        contribution = np.append(row[:4] * row[4], row[4])
        overlap = iou(row[None, :4], fused)[0]
        best = int(overlap.argmax()) if len(overlap) else -1
        if best >= 0 and overlap[best] >= min_iou:
            weighted[best] = weighted[best] + contribution
            members[best] += 1
            fused[best] = weighted[best][:4] / weighted[best][4]
        else:
            weighted.append(contribution)
            members.append(1)
            fused = np.vstack((fused, row[:4]))
    # A detector may contribute two boxes to a cluster; the mean of all keeps the score below 1.
    parts = np.maximum(members, len(detections)) if members else np.zeros(0)
    scores = np.array([w[4] for w in weighted]) / parts
    order = np.argsort(-scores, kind='stable')
    result: Array = np.column_stack((fused, scores))[order].astype(np.float32)
    return result
