"""Targets of detectors without heat map: boxes, padded to the same number in all samples."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.boxes import clip_boxes, is_valid_box
from fairmot_ros.training.config import TrainingConfig
from fairmot_ros.training.losses.objectives.base import DrawnTargets
from fairmot_ros.training.synthesis.scene import Scene


def scene_targets(scene: Scene, config: TrainingConfig) -> dict[str, NDArray]:
    """Return the targets of a scene, padded to `max_objects` rows.

    Returns:
        `boxes` float32 [K, 4] in pixels, clipped to the image, as COCO's are; `classes` int64
        [K]; `ids` int64 [K], -1 where unknown; `scores` float32 [K], see `Scene`; `mask` bool
        [K], rows that hold an object; `ignored` float32 [K, 4], empty boxes after the last one.
    """
    height, width = scene.image.shape[:2]
    boxes = clip_boxes(scene.boxes_xyxy, (width, height))
    rows = np.flatnonzero(is_valid_box(boxes))[: config.max_objects]
    classes = np.zeros(len(boxes), np.int64) if scene.class_ids is None else scene.class_ids

    def padded(values: NDArray, fill: float = 0) -> NDArray:
        missing = config.max_objects - len(values)
        rest = ((0, missing), *((0, 0),) * (values.ndim - 1))
        return np.pad(values, rest, constant_values=fill)

    return {
        'boxes': padded(boxes[rows].astype(np.float32)),
        'classes': padded(classes[rows]),
        'ids': padded(scene.identities[rows], -1),
        'scores': padded(scene.label_scores()[rows]),
        'mask': padded(np.ones(len(rows), np.bool_)),
        'ignored': padded(scene.ignored_xyxy[: config.max_objects].astype(np.float32)),
    }


def read_back(sample: Mapping[str, NDArray], stride: int) -> DrawnTargets:
    """Return the boxes as they are."""
    rows = sample['mask']
    ignored = sample['ignored']
    return DrawnTargets(sample['boxes'][rows], sample['ids'][rows], ignored[ignored.any(axis=1)])
