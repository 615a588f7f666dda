# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""A training sample: an image with its labels, and the operations that keep both consistent."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from fairmot_ros.boxes import clip_boxes, visible_share

BORDER_GREY = 128  # fill value outside the image, as in the detector's letterbox
MIN_IGNORED_SHARE = 0.1  # objects with a smaller visible share leave no ignored region


def no_boxes() -> NDArray[np.float32]:
    """Return an array of no boxes, float32 [0, 4]."""
    return np.zeros((0, 4), np.float32)


@dataclass
class Sample:
    """An image with labelled objects.

    Attributes:
        image: uint8 [H, W, 3], BGR.
        boxes_xyxy: float32 [N, 4] in pixels; they may extend beyond the image.
        identities: int64 [N], identity class of each object; -1 where unknown.
        class_ids: int64 [N], index into the labels, or None where all are 0.
        ignored_xyxy: float32 [M, 4], regions that the losses ignore: objects that are hardly
            visible, and uncertain detections of a teacher.
        scores: float32 [N] in 0..1, weight of each label, below 1 for uncertain pseudo-labels;
            None where all are 1.
    """

    image: NDArray[np.uint8]
    boxes_xyxy: NDArray[np.float32]
    identities: NDArray[np.int64]
    class_ids: NDArray[np.int64] | None = None
    ignored_xyxy: NDArray[np.float32] = field(default_factory=no_boxes)
    scores: NDArray[np.float32] | None = None

    def label_scores(self) -> NDArray[np.float32]:
        """Return `scores` [N], padded with 1 where they are missing."""
        given = np.zeros(0, np.float32) if self.scores is None else self.scores
        return np.pad(given, (0, len(self.boxes_xyxy) - len(given)), constant_values=1)

    def keep(self, rows: NDArray) -> None:
        """Keep only these objects, given as indices or as a mask."""
        if self.scores is not None:
            self.scores = self.label_scores()[rows]
        self.boxes_xyxy = self.boxes_xyxy[rows]
        self.identities = self.identities[rows]
        if self.class_ids is not None:
            self.class_ids = self.class_ids[rows]

    def keep_visible(self, visible: NDArray, min_visible: float) -> None:
        """Drop objects whose visible share [N] is below `min_visible`.

        Those with at least MIN_IGNORED_SHARE become ignored regions.
        """
        hardly_visible = (visible < min_visible) & (visible >= MIN_IGNORED_SHARE)
        self.ignored_xyxy = np.concatenate((self.ignored_xyxy, self.boxes_xyxy[hardly_visible]))
        self.keep(visible >= min_visible)

    def flip(self) -> None:
        """Mirror image and boxes horizontally."""
        self.image = np.ascontiguousarray(self.image[:, ::-1])
        for boxes in (self.boxes_xyxy, self.ignored_xyxy):
            boxes[:, [0, 2]] = self.image.shape[1] - boxes[:, [2, 0]]

    def paste(self, other: Sample, left: int, top: int) -> None:
        """Copy another sample into an empty region of this one, at (left, top)."""
        height, width = other.image.shape[:2]
        self.image[top : top + height, left : left + width] = other.image
        shift = np.array([left, top, left, top], np.float32)
        if self.scores is not None or other.scores is not None:
            self.scores = np.concatenate((self.label_scores(), other.label_scores()))
        self.boxes_xyxy = np.concatenate((self.boxes_xyxy, other.boxes_xyxy + shift))
        self.identities = np.concatenate((self.identities, other.identities))
        ignored = clip_boxes(other.ignored_xyxy, (width, height))
        self.ignored_xyxy = np.concatenate((self.ignored_xyxy, ignored + shift))


def crop_window(
    sample: Sample,
    left: float,
    top: float,
    scale: tuple[float, float],
    size: tuple[int, int],
    min_visible: float,
) -> Sample:
    """Crop a window and scale it.

    Args:
        sample: any size; regions outside its image are grey.
        left: left side of the window in pixels of `sample`.
        top: upper side of the window.
        scale: factors (x, y).
        size: (width, height) of the result.
        min_visible: objects with a smaller share of their box inside the window are dropped or
            become ignored regions, see `Sample.keep_visible`.
    """
    width, height = size
    source_height, source_width = sample.image.shape[:2]
    x0, y0 = int(np.floor(left)), int(np.floor(top))
    x1 = x0 + max(1, round(width / scale[0]))
    y1 = y0 + max(1, round(height / scale[1]))
    inside = sample.image[max(y0, 0) : max(y1, 0), max(x0, 0) : max(x1, 0)]
    pad = (max(-y0, 0), max(y1 - source_height, 0), max(-x0, 0), max(x1 - source_width, 0))
    if any(pad) and inside.size:
        inside = cv2.copyMakeBorder(inside, *pad, cv2.BORDER_CONSTANT, value=(BORDER_GREY,) * 3)
    shrinks = (x1 - x0) * (y1 - y0) > width * height
    image = cv2.resize(inside, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    factor = np.array([width / (x1 - x0), height / (y1 - y0)] * 2, dtype=np.float32)
    corner = np.array([x0, y0, x0, y0], dtype=np.float32)
    boxes = (sample.boxes_xyxy - corner) * factor
    ignored = (sample.ignored_xyxy - corner) * factor
    ignored = ignored[visible_share(ignored, size) >= MIN_IGNORED_SHARE]
    window = Sample(image, boxes, sample.identities, ignored_xyxy=ignored, scores=sample.scores)
    window.keep_visible(visible_share(boxes, size), min_visible)
    return window
