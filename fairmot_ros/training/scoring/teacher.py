# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Scoring of teacher detections: average precision at IoU 0.5."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.training.data.labelled_image import LabelledImage
from fairmot_ros.training.data.problems import DataError
from fairmot_ros.training.scoring.detection import Curve, mark_detections


def score_teacher(
    detections: dict[str, NDArray[np.float32]], images: Sequence[LabelledImage]
) -> dict[str, Any]:
    """Compute the average precision of teacher detections, regardless of classes.

    Args:
        detections: boxes and scores [K, 5] by file name and by descending score.
        images: labelled images without teacher labels; boxes in pixels.

    Returns:
        `ap50`, `threshold`, `precision`, `recall`, `f1`, `pictures` and `boxes`, see
        `score_detection`.

    Raises:
        DataError: if an image has no entry in `detections`.
    """
    scores, marks = [np.zeros(0)], [np.zeros(0, np.int64)]
    for image in images:
        found = detections.get(image.path.name)
        if found is None:
            raise DataError(
                f'{image.path} has no teacher detections: run fairmot-teach again, with a detector'
            )
        scores.append(found[:, 4].astype(np.float64))
        marks.append(mark_detections(found[:, :4], image.boxes_xyxy, image.ignored_xyxy))
    boxes = sum(len(image.boxes_xyxy) for image in images)
    curve = Curve(np.concatenate(scores), np.concatenate(marks), boxes)
    return {
        'ap50': curve.average_precision(),
        **curve.best_point(),
        'pictures': len(images),
        'boxes': boxes,
    }
