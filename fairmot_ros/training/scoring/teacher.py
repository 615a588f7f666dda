"""Teacher detections by themselves: average precision at IoU 0.5."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.training.data.sources import DataError, Photograph
from fairmot_ros.training.scoring.detection import Curve, mark_detections


def score_teacher(
    detections: dict[str, NDArray[np.float32]], photographs: Sequence[Photograph]
) -> dict[str, Any]:
    """Compare teacher detections with the labels of a set; classes are not told apart.

    Args:
        detections: boxes and scores [K, 5] by file name, in falling order of score.
        photographs: labelled images, without teacher labels; labels in pixels.

    Returns:
        `ap50`, `threshold`, `precision`, `recall`, `f1`, `pictures` and `boxes` as
        `score_detection`.

    Raises:
        DataError: if an image has no entry in `detections`.
    """
    scores, marks = [np.zeros(0)], [np.zeros(0, np.int64)]
    for photograph in photographs:
        found = detections.get(photograph.path.name)
        if found is None:
            raise DataError(
                f'{photograph.path} has no teacher detections: run fairmot-teach again, with a '
                'detector'
            )
        scores.append(found[:, 4].astype(np.float64))
        marks.append(mark_detections(found[:, :4], photograph.boxes_xyxy, photograph.ignored_xyxy))
    boxes = sum(len(p.boxes_xyxy) for p in photographs)
    curve = Curve(np.concatenate(scores), np.concatenate(marks), boxes)
    return {
        'ap50': curve.average_precision(),
        **curve.best_point(),
        'pictures': len(photographs),
        'boxes': boxes,
    }
