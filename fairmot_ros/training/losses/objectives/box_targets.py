# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Training targets of detectors without a heat map: boxes, padded to a fixed number."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.boxes import clip_boxes, is_valid_box
from fairmot_ros.training.config import TrainingConfig
from fairmot_ros.training.data.sample import Sample
from fairmot_ros.training.losses.objectives.base import DrawnTargets


def sample_targets(sample: Sample, config: TrainingConfig) -> dict[str, NDArray]:
    """Return the targets of a sample, padded to K = `max_objects` rows.

    Returns:
        `boxes` float32 [K, 4] in pixels, clipped to the image as in COCO; `classes` int64 [K];
        `ids` int64 [K], -1 where unknown; `scores` float32 [K], see `Sample`; `mask` bool [K],
        rows that hold an object; `ignored` float32 [K, 4], zero after the last region.
    """
    height, width = sample.image.shape[:2]
    boxes = clip_boxes(sample.boxes_xyxy, (width, height))
    rows = np.flatnonzero(is_valid_box(boxes))[: config.max_objects]
    classes = np.zeros(len(boxes), np.int64) if sample.class_ids is None else sample.class_ids

    def padded(values: NDArray, fill: float = 0) -> NDArray:
        missing = config.max_objects - len(values)
        rest = ((0, missing), *((0, 0),) * (values.ndim - 1))
        return np.pad(values, rest, constant_values=fill)

    return {
        'boxes': padded(boxes[rows].astype(np.float32)),
        'classes': padded(classes[rows]),
        'ids': padded(sample.identities[rows], -1),
        'scores': padded(sample.label_scores()[rows]),
        'mask': padded(np.ones(len(rows), np.bool_)),
        'ignored': padded(sample.ignored_xyxy[: config.max_objects].astype(np.float32)),
    }


def decode_targets(targets: Mapping[str, NDArray], stride: int) -> DrawnTargets:
    """Return the targets of a sample without the padding."""
    rows = targets['mask']
    ignored = targets['ignored']
    return DrawnTargets(targets['boxes'][rows], targets['ids'][rows], ignored[ignored.any(axis=1)])
