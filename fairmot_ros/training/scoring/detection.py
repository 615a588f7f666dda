# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Scoring of detection: average precision at IoU 0.5."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from fairmot_ros.boxes import clip_boxes, iou_matrix, share_inside
from fairmot_ros.detector import Detector
from fairmot_ros.training.data.labelled_image import LabelledImage
from fairmot_ros.training.data.problems import DataError, Problems

MIN_IOU = 0.5
MAX_DETECTIONS = 200  # per image, as in FairMOT's evaluation
HIT, MISS, IGNORED = 1, 0, -1

Floats = NDArray[np.float64]


def make_detector(
    weights: str, input_size: tuple[int, int] | None = None, device: str = 'auto'
) -> Detector:
    """Create a detector that returns detections of any score, up to MAX_DETECTIONS."""
    return Detector(
        weights, input_size, device, score_threshold=0.0, max_detections=MAX_DETECTIONS
    )


def score_detection(detector: Detector, images: Sequence[LabelledImage]) -> dict[str, Any]:
    """Compute the average precision of a detector on labelled images.

    Detections and labels are clipped to the image, because only some datasets label the parts of
    people outside it.

    Args:
        detector: detector without a score threshold, see `make_detector`.
        images: labelled images; unreadable ones are skipped and listed under `left_out`.

    Returns:
        `ap50`, the mean over classes of the area under the precision-recall curve at IoU 0.5;
        `threshold`, `precision`, `recall` and `f1` at the point of best F1; `pictures`, `boxes`
        and `left_out`; with several classes also `ap50_of`, by class name.
    """
    labels = detector.labels
    scores: list[list[Floats]] = [[] for _ in labels]
    marks: list[list[NDArray[np.int64]]] = [[] for _ in labels]
    truths = np.zeros(len(labels), int)
    problems = Problems()
    image_count = 0
    for image in tqdm(images, desc='detection', unit='image', mininterval=2.0):
        try:
            sample = image.load()
        except DataError as error:
            problems.add(str(error))
            continue
        image_count += 1
        found = detector(sample.image)
        size = (sample.image.shape[1], sample.image.shape[0])
        boxes = clip_boxes(found.boxes_xyxy, size)
        truth = clip_boxes(sample.boxes_xyxy, size)
        classes = np.zeros(len(sample.boxes_xyxy), int)
        if sample.class_ids is not None:
            classes = sample.class_ids
        for label in range(len(labels)):
            rows = found.class_ids == label
            of_class = truth[classes == label]
            truths[label] += len(of_class)
            scores[label].append(found.scores[rows].astype(np.float64))
            marks[label].append(mark_detections(boxes[rows], of_class, image.ignored_xyxy))
    curves = [Curve(_joined(s), _joined(m), int(t)) for s, m, t in zip(scores, marks, truths)]
    all_classes = Curve(
        _joined([x for s in scores for x in s]),
        _joined([x for m in marks for x in m]),
        int(truths.sum()),
    )
    result: dict[str, Any] = {
        'ap50': float(np.mean([curve.average_precision() for curve in curves])),
        **all_classes.best_point(),
        'pictures': image_count,
        'boxes': int(truths.sum()),
        'left_out': problems.messages(),
    }
    if len(labels) > 1:
        result['ap50_of'] = {
            name: curve.average_precision() for name, curve in zip(labels, curves)
        }
    return result


def detections_of(
    detector: Detector, images: Iterable[LabelledImage], min_score: float
) -> tuple[Floats, NDArray[np.bool_]]:
    """Return the scores [N] of all detections, and which of them are correct [N].

    Detections in ignored regions are dropped.

    Args:
        detector: see `make_detector`.
        images: labelled images.
        min_score: detections with lower scores are dropped.
    """
    scores, marks = [np.zeros(0)], [np.zeros(0, np.int64)]
    for image in images:
        sample = image.load()
        found = detector(sample.image)
        found = found[found.scores >= min_score]
        scores.append(found.scores.astype(np.float64))
        marks.append(mark_detections(found.boxes_xyxy, sample.boxes_xyxy, image.ignored_xyxy))
    mark = np.concatenate(marks)
    return np.concatenate(scores)[mark != IGNORED], mark[mark != IGNORED] == HIT


def _joined(parts: list[NDArray]) -> NDArray:
    return np.concatenate(parts) if parts else np.zeros(0)


def mark_detections(boxes: NDArray, truth: NDArray, ignored: NDArray) -> NDArray[np.int64]:
    """Return HIT, MISS or IGNORED for each detection of an image, int64 [N].

    In the order of their scores, detections are matched to the unmatched label with the highest
    IoU, if that is at least MIN_IOU. An unmatched detection is IGNORED if its IoU with an ignored
    region, or its share inside one, is at least MIN_IOU.

    Args:
        boxes: detections [N, 4] by descending score.
        truth: labelled boxes [M, 4].
        ignored: ignored regions [K, 4].
    """
    marks = np.full(len(boxes), MISS, np.int64)
    boxes, truth, ignored = (b.astype(np.float64).reshape(-1, 4) for b in (boxes, truth, ignored))
    overlap = iou_matrix(boxes, truth)
    unmatched = np.ones(len(truth), bool)
    inside = share_inside(boxes[:, None], ignored[None, :]).max(axis=1, initial=0.0)
    overlaps_ignored = iou_matrix(boxes, ignored).max(axis=1, initial=0.0) >= MIN_IOU
    for row in range(len(boxes)):
        candidates = np.where(unmatched, overlap[row], 0.0)
        best = int(candidates.argmax()) if len(truth) else -1
        if best >= 0 and candidates[best] >= MIN_IOU:
            unmatched[best] = False
            marks[row] = HIT
        elif inside[row] >= MIN_IOU or overlaps_ignored[row]:
            marks[row] = IGNORED
    return marks


class Curve:
    """Precision-recall curve.

    Attributes:
        scores: scores by descending value, [N].
        precision: precision with the first n detections, [N].
        recall: recall with the first n detections, [N].
    """

    def __init__(self, scores: Floats, marks: NDArray[np.int64], truths: int) -> None:
        """Compute the curve.

        Args:
            scores: scores of the detections of all images.
            marks: HIT, MISS or IGNORED for each.
            truths: number of labels.
        """
        counted = marks != IGNORED
        scores, marks = scores[counted], marks[counted]
        order = np.argsort(-scores, kind='stable')
        self.scores = scores[order]
        hits = np.cumsum(marks[order] == HIT)
        self.precision = hits / np.arange(1, len(hits) + 1)
        self.recall = hits / max(truths, 1)

    def average_precision(self) -> float:
        """Return the area under the curve, with precision made monotonic over recall."""
        monotonic = np.maximum.accumulate(self.precision[::-1])[::-1]
        return float((np.diff(self.recall, prepend=0.0) * monotonic).sum())

    def best_point(self) -> dict[str, float]:
        """Return `threshold`, `precision`, `recall` and `f1` at the point of best F1."""
        total = self.precision + self.recall
        f1 = np.divide(
            2 * self.precision * self.recall, total, out=np.zeros_like(total), where=total > 0
        )
        if not len(f1):
            return {'threshold': 0.0, 'precision': 0.0, 'recall': 0.0, 'f1': 0.0}
        best = int(f1.argmax())
        return {
            'threshold': float(self.scores[best]),
            'precision': float(self.precision[best]),
            'recall': float(self.recall[best]),
            'f1': float(f1[best]),
        }
