# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Images of usual frames and of those with the most errors."""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from benchmarks.sequences import Array, Image, LabelledSequence
from fairmot_ros.boxes import iou_matrix

COLOURS = ((80, 200, 80), (60, 60, 230), (40, 220, 240))  # correct, false, missed; BGR
SHOWN, APART, WIDTH = 3, 40, 480  # frames in a sheet, frames between two, pixels of each
NO_BOXES = np.zeros((0, 4))

Outcome = tuple[Array, Array, Array]
Frame = tuple[str, int]  # name of the sequence, number from 1 on


def error_sheets(
    sequences: Mapping[str, LabelledSequence], tracks: Mapping[str, dict[int, Array]]
) -> dict[str, Image]:
    """Return one sheet of usual frames and one of the worst, chosen from several sequences.

    Args:
        sequences: with labels, and images of one aspect ratio.
        tracks: boxes_xyxy by frame of each sequence.
    """
    outcomes: dict[Frame, Outcome] = {}
    for name, sequence in sequences.items():
        for number in np.unique(sequence.truth[:, 0]).astype(int).tolist():
            outcomes[name, number] = outcome(sequence, number, tracks[name].get(number, NO_BOXES))
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
        (name, number): draw(image, outcomes[name, number])
        for name, sequence in sequences.items()
        for number, image in enumerate(sequence.images(), 1)
        if (name, number) in wanted
    }
    order = {frame: i for i, frame in enumerate(frames)}
    return {
        title: _side_by_side([drawn[frame] for frame in sorted(part, key=order.__getitem__)])
        for title, part in chosen.items()
    }


def outcome(sequence: LabelledSequence, frame: int, boxes: Array) -> Outcome:
    """Return the boxes of correct tracks, of false ones, and of missed people.

    Boxes on people who are not judged are neither.
    """
    judged, ignored = sequence.labels(frame)
    good, false, missed = compare(judged, boxes)
    on_ignored = (iou_matrix(false, ignored) >= 0.5).any(axis=1)
    return good, false[~on_ignored], missed


def compare(truth: Array, boxes: Array) -> Outcome:
    """Return the boxes that match, those that do not, and the labels without a match."""
    overlap = iou_matrix(truth, boxes)
    rows, columns = linear_sum_assignment(overlap, maximize=True)
    good = overlap[rows, columns] >= 0.5
    rows, columns = rows[good], columns[good]
    return boxes[columns], np.delete(boxes, columns, 0), np.delete(truth, rows, 0)


def draw(image: Image, outcome: Outcome) -> Image:
    """Return a smaller image with correct boxes in green, false red and missed yellow."""
    scale = WIDTH / image.shape[1]
    smaller: NDArray = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    for boxes, colour in zip(outcome, COLOURS):
        for left, top, right, bottom in (boxes * scale).round().astype(int).tolist():
            cv2.rectangle(smaller, (left, top), (right, bottom), colour, 2)
    return smaller


def _side_by_side(images: list[Image]) -> Image:
    """Return the images in a row; black where there are fewer than `SHOWN`."""
    return np.hstack([*images, *[np.zeros_like(images[0])] * (SHOWN - len(images))])


def _spread(frames: list[Frame]) -> list[Frame]:
    """Return the first frames that lie apart from each other."""
    chosen: list[Frame] = []
    for name, number in frames:
        if len(chosen) < SHOWN and all(
            name != other or abs(number - another) >= APART for other, another in chosen
        ):
            chosen.append((name, number))
    return chosen
