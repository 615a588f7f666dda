"""A second look at half the size, for people who stand nearer than the network knows."""

from __future__ import annotations

import numpy as np

from fairmot_ros.tracker.pairs import of_one_class, overlapping
from fairmot_ros.types import Detections

SAME_PERSON = 0.5  # IoU of what two looks found, from which on it is one person


def half_size(size: tuple[int, int]) -> tuple[int, int]:
    """Return half of (width, height), as the next larger multiples of 32."""
    width, height = (32 * -(-side // 64) for side in size)
    return width, height


def taller_than(height: float, found: Detections) -> Detections:
    """Return the detections of more than a height in pixels of the image."""
    boxes = found.boxes_xyxy
    return found[boxes[:, 3] - boxes[:, 1] > height]


def join(first: Detections, second: Detections, max_detections: int) -> Detections:
    """Return what two looks at one image found, in falling order of score.

    Of one person seen in both, the detection with the higher score counts, the first look's
    where they are equal. Detections of the same look are left as they are.
    """
    pairs = of_one_class(
        overlapping(first.boxes_xyxy.astype(float), second.boxes_xyxy.astype(float)),
        first.class_ids,
        second.class_ids,
    )
    pairs = pairs.only(1 - pairs.cost > SAME_PERSON)
    worse = first.scores[pairs.rows] < second.scores[pairs.columns]
    kept_first, kept_second = np.ones(len(first), bool), np.ones(len(second), bool)
    kept_first[pairs.rows[worse]] = False
    kept_second[pairs.columns[~worse]] = False
    parts = [first[kept_first], second[kept_second]]
    joined = Detections(
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in ('boxes_xyxy', 'scores', 'embeddings', 'class_ids')
        )
    )
    return joined[np.argsort(-joined.scores, kind='stable')[:max_detections]]
