# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Non-maximum suppression."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.boxes import iou_matrix

MAX_IOU = 0.65  # of the published evaluation of YOLOX


def non_maximum_suppression(
    boxes_xyxy: NDArray[np.float32], class_ids: NDArray[np.int64], max_iou: float = MAX_IOU
) -> NDArray[np.int64]:
    """Return the indices of the boxes that no kept box with a higher score overlaps.

    Args:
        boxes_xyxy: [N, 4], by descending score.
        class_ids: [N]; only boxes of the same class suppress each other.
        max_iou: largest overlap of two kept boxes of a class.

    Returns:
        int64 [K], ascending.
    """
    overlaps = (iou_matrix(boxes_xyxy, boxes_xyxy) > max_iou) & (
        class_ids[:, None] == class_ids[None, :]
    )
    free = np.ones(len(boxes_xyxy), bool)
    kept = []
    for row in range(len(boxes_xyxy)):
        if free[row]:
            kept.append(row)
            free &= ~overlaps[row]
    return np.array(kept, np.int64)
