"""Detection by itself: average precision at IoU 0.5."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from fairmot_ros.boxes import clip_boxes, iou_matrix, share_inside
from fairmot_ros.detector import Detector
from fairmot_ros.training.data.data_problems import Problems
from fairmot_ros.training.data.sources import DataError, Photograph

MIN_IOU = 0.5
MAX_DETECTIONS = 200  # per picture, as published
HIT, MISS, IGNORED = 1, 0, -1

Floats = NDArray[np.float64]


def make_detector(
    weights: str, input_size: tuple[int, int] | None = None, device: str = 'auto'
) -> Detector:
    """Return a detector that holds nothing back, however low its score."""
    return Detector(
        weights, input_size, device, score_threshold=0.0, max_detections=MAX_DETECTIONS
    )


def score_detection(detector: Detector, photographs: Sequence[Photograph]) -> dict[str, Any]:
    """Detect in all pictures and compare with their labels, both clipped to the picture.

    Some sets label the parts of people beyond the border and others do not; clipped, they agree.

    Args:
        detector: see `make_detector`.
        photographs: labelled pictures; unreadable ones are left out and named.

    Returns:
        `ap50`, the mean over classes of the area under the precision-recall curve, and the
        point of that curve with the best F1: `threshold`, `precision`, `recall`, `f1`; with
        several classes, `ap50_of` each.
    """
    labels = detector.labels
    scores: list[list[Floats]] = [[] for _ in labels]
    marks: list[list[NDArray[np.int64]]] = [[] for _ in labels]
    truths = np.zeros(len(labels), int)
    problems = Problems()
    pictures = 0
    for photograph in tqdm(photographs, desc='detection', unit='picture', mininterval=2.0):
        try:
            scene = photograph.load()
        except DataError as error:
            problems.add(str(error))
            continue
        pictures += 1
        found = detector(scene.image)
        size = (scene.image.shape[1], scene.image.shape[0])
        boxes = clip_boxes(found.boxes_xyxy, size)
        truth = clip_boxes(scene.boxes_xyxy, size)
        classes = np.zeros(len(scene.boxes_xyxy), int)
        if scene.class_ids is not None:
            classes = scene.class_ids
        for label in range(len(labels)):
            rows = found.class_ids == label
            wanted = truth[classes == label]
            truths[label] += len(wanted)
            scores[label].append(found.scores[rows].astype(np.float64))
            marks[label].append(mark_detections(boxes[rows], wanted, photograph.ignored_xyxy))
    curves = [Curve(_joined(s), _joined(m), int(t)) for s, m, t in zip(scores, marks, truths)]
    every = Curve(
        _joined([x for s in scores for x in s]),
        _joined([x for m in marks for x in m]),
        int(truths.sum()),
    )
    result: dict[str, Any] = {
        'ap50': float(np.mean([curve.average_precision() for curve in curves])),
        **every.best_point(),
        'pictures': pictures,
        'boxes': int(truths.sum()),
        'left_out': problems.sentences(),
    }
    if len(labels) > 1:
        result['ap50_of'] = {
            name: curve.average_precision() for name, curve in zip(labels, curves)
        }
    return result


def detections_of(
    detector: Detector, photographs: Iterable[Photograph], lowest: float
) -> tuple[Floats, NDArray[np.bool_]]:
    """Return the scores [N] of all detections from `lowest` up, and which are right.

    Those in ignored regions are left out.
    """
    scores, marks = [np.zeros(0)], [np.zeros(0, np.int64)]
    for photograph in photographs:
        scene = photograph.load()
        found = detector(scene.image)
        found = found[found.scores >= lowest]
        scores.append(found.scores.astype(np.float64))
        marks.append(mark_detections(found.boxes_xyxy, scene.boxes_xyxy, photograph.ignored_xyxy))
    mark = np.concatenate(marks)
    return np.concatenate(scores)[mark != IGNORED], mark[mark != IGNORED] == HIT


def _joined(parts: list[NDArray]) -> NDArray:
    return np.concatenate(parts) if parts else np.zeros(0)


def mark_detections(boxes: NDArray, truth: NDArray, ignored: NDArray) -> NDArray[np.int64]:
    """Return HIT, MISS or IGNORED for each detection of a picture, best first.

    Each takes the free label that it overlaps most. Those that take none, but overlap with an
    ignored region or lie in one by half of their area, do not count.

    Args:
        boxes: [N, 4] in falling order of score.
        truth: [M, 4].
        ignored: [K, 4].
    """
    marks = np.full(len(boxes), MISS, np.int64)
    boxes, truth, ignored = (b.astype(np.float64).reshape(-1, 4) for b in (boxes, truth, ignored))
    overlap = iou_matrix(boxes, truth)
    free = np.ones(len(truth), bool)
    inside = share_inside(boxes[:, None], ignored[None, :]).max(axis=1, initial=0.0)
    ignorable = iou_matrix(boxes, ignored).max(axis=1, initial=0.0) >= MIN_IOU
    for row in range(len(boxes)):
        candidates = np.where(free, overlap[row], 0.0)
        best = int(candidates.argmax()) if len(truth) else -1
        if best >= 0 and candidates[best] >= MIN_IOU:
            free[best] = False
            marks[row] = HIT
        elif inside[row] >= MIN_IOU or ignorable[row]:
            marks[row] = IGNORED
    return marks


class Curve:
    """Precision over recall as the score falls."""

    def __init__(self, scores: Floats, marks: NDArray[np.int64], truths: int) -> None:
        """Sort the detections of all pictures; `truths` is the number of labels."""
        counted = marks != IGNORED
        scores, marks = scores[counted], marks[counted]
        order = np.argsort(-scores, kind='stable')
        self.scores = scores[order]
        hits = np.cumsum(marks[order] == HIT)
        self.precision = hits / np.arange(1, len(hits) + 1)
        self.recall = hits / max(truths, 1)

    def average_precision(self) -> float:
        """Return the area under the curve, each precision raised to the best further right."""
        raised = np.maximum.accumulate(self.precision[::-1])[::-1]
        return float((np.diff(self.recall, prepend=0.0) * raised).sum())

    def best_point(self) -> dict[str, float]:
        """Return threshold, precision, recall and F1 where F1 is largest."""
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
