"""Images of usual frames and of those with the most errors."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from benchmarks.sequences import Array, Image, LabelledSequence
from fairmot_ros.boxes import iou_matrix

COLOURS = ((80, 200, 80), (60, 60, 230), (40, 220, 240))  # correct, false, missed; BGR
SHOWN, APART, WIDTH = 3, 40, 480  # frames in a sheet, frames between two, pixels of each

Outcome = tuple[Array, Array, Array]


def error_sheets(sequence: LabelledSequence, tracks: dict[int, Array]) -> dict[str, Image]:
    """Return one sheet of usual frames and one of the worst.

    Args:
        sequence: with labels.
        tracks: boxes_xyxy by frame.
    """
    outcomes = {}
    for frame in np.unique(sequence.truth[:, 0]).astype(int).tolist():
        judged, _ = sequence.labels(frame)
        outcomes[frame] = compare(judged, tracks.get(frame, np.zeros((0, 4))))
    frames = list(outcomes)
    errors = np.array([len(false) + len(missed) for _, false, missed in outcomes.values()])
    people = np.array([len(good) + len(missed) for good, _, missed in outcomes.values()])
    usual = np.abs(errors - np.median(errors)) - 0.01 * people
    chosen = {
        title: _spread([frames[i] for i in cost.argsort(kind='stable')])
        for title, cost in (('usual', usual), ('worst', -errors.astype(float)))
    }
    wanted = {frame for part in chosen.values() for frame in part}
    drawn = {
        frame: draw(image, outcomes[frame])
        for frame, image in enumerate(sequence.images(), 1)
        if frame in wanted
    }
    return {title: np.hstack([drawn[f] for f in sorted(part)]) for title, part in chosen.items()}


def compare(truth: Array, boxes: Array) -> Outcome:
    """Return the boxes of correct tracks, of false ones, and of missed people."""
    overlap = iou_matrix(truth, boxes)
    rows, columns = linear_sum_assignment(overlap, maximize=True)
    good = overlap[rows, columns] >= 0.5
    rows, columns = rows[good], columns[good]
    return boxes[columns], np.delete(boxes, columns, 0), np.delete(truth, rows, 0)


def draw(image: Image, outcome: Outcome) -> Image:
    """Return a smaller image with correct boxes in green, false red and missed yellow."""
    for boxes, colour in zip(outcome, COLOURS):
        for left, top, right, bottom in boxes.round().astype(int).tolist():
            cv2.rectangle(image, (left, top), (right, bottom), colour, 3)
    scale = WIDTH / image.shape[1]
    smaller: NDArray = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return smaller


def _spread(frames: list[int]) -> list[int]:
    """Return the first frames that lie apart from each other."""
    chosen: list[int] = []
    for frame in frames:
        if len(chosen) < SHOWN and all(abs(frame - other) >= APART for other in chosen):
            chosen.append(frame)
    return chosen
