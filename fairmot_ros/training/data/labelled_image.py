# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Images of a dataset with their labels, before they are decoded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fairmot_ros.boxes import clip_boxes, coverage_matrix
from fairmot_ros.training.data.image_files import REDUCTION_FLAGS, read_image
from fairmot_ros.training.data.sample import Sample, no_boxes

#: Two boxes are the same person if they share this part of the smaller one, or more.
SAME_PERSON_COVERAGE = 0.6


@dataclass(frozen=True)
class LabelledImage:
    """An image file with its labels.

    Attributes:
        path: image file.
        boxes_xyxy: float32 [N, 4] in pixels, or relative to the image size if `normalised`.
        identities: int64 [N], see `Sample`.
        aspect_range: range of factors by which to widen the image, for datasets whose images were
            squeezed.
        class_ids: int64 [N], index into the labels, or None where all are 0.
        ignored_xyxy: float32 [M, 4], regions in which detections are neither right nor wrong.
        teacher_embeddings: float32 [N, T], zero where unknown; see `teacher_labels`.
        normalised: see `boxes_xyxy`.
        clip: clip boxes to the image.
        reduce: divisor of the image size when reading, a key of `REDUCTION_FLAGS`.
        scores: float32 [N] in 0..1, see `Sample`; None where all are 1.
    """

    path: Path
    boxes_xyxy: NDArray[np.float32]
    identities: NDArray[np.int64]
    aspect_range: tuple[float, float] = (1.0, 1.0)
    class_ids: NDArray[np.int64] | None = None
    ignored_xyxy: NDArray[np.float32] = field(default_factory=no_boxes)
    teacher_embeddings: NDArray[np.float32] | None = None
    normalised: bool = False
    clip: bool = False
    reduce: int = 1
    scores: NDArray[np.float32] | None = None

    def load(self) -> Sample:
        """Read the image; boxes of the sample are in pixels of the (reduced) image.

        Raises:
            DataError: if the file is missing or damaged.
        """
        image = read_image(self.path, REDUCTION_FLAGS[self.reduce])
        size = np.array([image.shape[1], image.shape[0]] * 2, np.float32)
        boxes = self.boxes_xyxy * (size if self.normalised else np.float32(1 / self.reduce))
        if self.clip:
            boxes = clip_boxes(boxes, (image.shape[1], image.shape[0]))
        ignored = self.ignored_xyxy * np.float32(1 / self.reduce)
        return Sample(image, boxes, self.identities, self.class_ids, ignored, self.scores)

    def with_teacher_labels(
        self,
        detections: NDArray[np.float32],
        scores: tuple[float, float],
        embeddings: NDArray[np.float32] | None = None,
        certain_score: float = 0.0,
    ) -> LabelledImage:
        """Return the image with teacher detections that no label covers added to its labels.

        Args:
            detections: float32 [K, 5], box and score.
            scores: two thresholds; detections from the first on become ignored regions, from the
                second on labels without identity.
            embeddings: float32 [K, T] of the detections, zero where unknown; None if all are.
            certain_score: detection score that gives a label the score 1; lower ones are scaled
                in proportion. With 0, all labels have the score 1.
        """
        labelled = np.concatenate((self.boxes_xyxy, self.ignored_xyxy))
        coverage = coverage_matrix(detections[:, :4], labelled).max(axis=1, initial=0.0)
        new = (coverage < SAME_PERSON_COVERAGE) & (detections[:, 4] >= scores[0])
        certain = new & (detections[:, 4] >= scores[1])
        count = int(np.count_nonzero(certain))
        all_embeddings, classes = self.teacher_embeddings, self.class_ids
        if all_embeddings is not None:
            size = all_embeddings.shape[1]
            added = np.zeros((count, size), 'f4') if embeddings is None else embeddings[certain]
            all_embeddings = np.concatenate((all_embeddings, added))
        label_scores = self.scores
        if certain_score:
            given = np.ones(len(self.boxes_xyxy), np.float32)
            added_scores = np.minimum(detections[certain, 4] / np.float32(certain_score), 1)
            label_scores = np.concatenate((given, added_scores))
        return replace(
            self,
            scores=label_scores,
            boxes_xyxy=np.concatenate((self.boxes_xyxy, detections[certain, :4])),
            identities=np.concatenate((self.identities, np.full(count, -1))),
            class_ids=None if classes is None else np.pad(classes, (0, count)),
            teacher_embeddings=all_embeddings,
            ignored_xyxy=np.concatenate((self.ignored_xyxy, detections[new & ~certain, :4])),
        )


def make_labelled_image(
    path: Path,
    boxes: ArrayLike,
    identities: Iterable[int],
    *,
    class_ids: NDArray[np.int64] | None = None,
    ignored: ArrayLike = (),
    teacher_embeddings: NDArray[np.float32] | None = None,
    normalised: bool = False,
) -> LabelledImage:
    """Return a `LabelledImage` from lists, converted to its array types."""
    return LabelledImage(
        path,
        np.array(boxes, np.float32).reshape(-1, 4),
        np.array(list(identities), np.int64),
        class_ids=class_ids if class_ids is not None and class_ids.any() else None,
        ignored_xyxy=np.array(ignored, np.float32).reshape(-1, 4),
        teacher_embeddings=teacher_embeddings,
        normalised=normalised,
    )
