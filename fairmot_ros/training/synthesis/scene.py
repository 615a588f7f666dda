"""One training picture with its people, and the operations that keep both in step."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from fairmot_ros.boxes import clip_boxes, visible_share

BORDER_GREY = 128  # what lies outside a picture, as in the detector's letterbox
HIDDEN = 0.1  # people of whom less is visible are not there


def no_boxes() -> NDArray[np.float32]:
    """Return [0, 4]."""
    return np.zeros((0, 4), np.float32)


@dataclass
class Scene:
    """A picture and the people in it.

    Attributes:
        image: uint8 [H, W, 3], BGR.
        boxes_xyxy: float32 [N, 4] in its pixels; they may reach beyond the picture.
        identities: int64 [N], class of each person for the embedding; -1 where unknown.
        class_ids: int64 [N], index into the labels, or None where all are 0.
        ignored_xyxy: float32 [M, 4], who may be there but is not to be judged: hardly visible,
            or seen by a teacher and not labelled.
        scores: float32 [N] in 0..1, how certain the label is; None where all are 1. Labels of
            teachers are not.
    """

    image: NDArray[np.uint8]
    boxes_xyxy: NDArray[np.float32]
    identities: NDArray[np.int64]
    class_ids: NDArray[np.int64] | None = None
    ignored_xyxy: NDArray[np.float32] = field(default_factory=no_boxes)
    scores: NDArray[np.float32] | None = None

    def label_scores(self) -> NDArray[np.float32]:
        """Return `scores`, 1 where nothing else is said."""
        given = np.zeros(0, np.float32) if self.scores is None else self.scores
        return np.pad(given, (0, len(self.boxes_xyxy) - len(given)), constant_values=1)

    def keep(self, rows: NDArray) -> None:
        """Drop all people but the chosen rows."""
        if self.scores is not None:
            self.scores = self.label_scores()[rows]
        self.boxes_xyxy = self.boxes_xyxy[rows]
        self.identities = self.identities[rows]
        if self.class_ids is not None:
            self.class_ids = self.class_ids[rows]

    def keep_visible(self, visible: NDArray, least: float) -> None:
        """Keep people of whom at least so much is visible [N]; ignore those hardly visible."""
        doubtful = self.boxes_xyxy[(visible < least) & (visible >= HIDDEN)]
        self.ignored_xyxy = np.concatenate((self.ignored_xyxy, doubtful))
        self.keep(visible >= least)

    def flip(self) -> None:
        """Mirror left and right."""
        self.image = np.ascontiguousarray(self.image[:, ::-1])
        for boxes in (self.boxes_xyxy, self.ignored_xyxy):
            boxes[:, [0, 2]] = self.image.shape[1] - boxes[:, [2, 0]]

    def paste(self, other: Scene, left: int, top: int) -> None:
        """Lay another scene over this one, which is empty there."""
        height, width = other.image.shape[:2]
        self.image[top : top + height, left : left + width] = other.image
        shift = np.array([left, top, left, top], np.float32)
        if self.scores is not None or other.scores is not None:
            self.scores = np.concatenate((self.label_scores(), other.label_scores()))
        self.boxes_xyxy = np.concatenate((self.boxes_xyxy, other.boxes_xyxy + shift))
        self.identities = np.concatenate((self.identities, other.identities))
        ignored = clip_boxes(other.ignored_xyxy, (width, height))
        self.ignored_xyxy = np.concatenate((self.ignored_xyxy, ignored + shift))


def cut_window(
    scene: Scene,
    left: float,
    top: float,
    scale: tuple[float, float],
    size: tuple[int, int],
    min_visible: float,
) -> Scene:
    """Return the window at (left, top) of a picture scaled by (x, y), `size` = (width, height).

    People of whom less than `min_visible` of the box's area is inside are ignored.
    """
    width, height = size
    source_height, source_width = scene.image.shape[:2]
    x0, y0 = int(np.floor(left)), int(np.floor(top))
    x1 = x0 + max(1, round(width / scale[0]))
    y1 = y0 + max(1, round(height / scale[1]))
    inside = scene.image[max(y0, 0) : max(y1, 0), max(x0, 0) : max(x1, 0)]
    pad = (max(-y0, 0), max(y1 - source_height, 0), max(-x0, 0), max(x1 - source_width, 0))
    if any(pad) and inside.size:
        inside = cv2.copyMakeBorder(inside, *pad, cv2.BORDER_CONSTANT, value=(BORDER_GREY,) * 3)
    shrinks = (x1 - x0) * (y1 - y0) > width * height
    image = cv2.resize(inside, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    factor = np.array([width / (x1 - x0), height / (y1 - y0)] * 2, dtype=np.float32)
    corner = np.array([x0, y0, x0, y0], dtype=np.float32)
    boxes = (scene.boxes_xyxy - corner) * factor
    ignored = (scene.ignored_xyxy - corner) * factor
    ignored = ignored[visible_share(ignored, size) >= HIDDEN]
    window = Scene(image, boxes, scene.identities, ignored_xyxy=ignored, scores=scene.scores)
    window.keep_visible(visible_share(boxes, size), min_visible)
    return window
