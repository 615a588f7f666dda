# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Preprocessing by the rules of a benchmark, which determine the boxes that count.

In MOT15, ground-truth rows with mark 0 are dropped. MOT16, MOT17 and MOT20 evaluate pedestrians
(class 1) only: results that match a distractor (a person on a vehicle, a static person, a
reflection, ...) count neither as true nor as false positives and are dropped first (Milan et al.,
'MOT16: A Benchmark for Multi-Object Tracking', section 4.1).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from fairmot_ros.boxes import TRACKEVAL_EPSILON, trackeval_iou_matrix
from fairmot_ros.evaluation.mot.text_format import CLASS, FRAME, HEIGHT, ID, LEFT, MARK, MotArray

FloatArray = NDArray[np.float64]
IndexArray = NDArray[np.intp]

PEDESTRIAN = 1
CLASSES = range(1, 14)
_DISTRACTORS = (2, 7, 8, 12)  # person on vehicle, static person, distractor, reflection
_NON_MOT_VEHICLE = 6

#: Classes whose matched results are dropped, by benchmark; None if it has no classes.
BENCHMARKS: dict[str, tuple[int, ...] | None] = {
    'MOT15': None,
    'MOT16': _DISTRACTORS,
    'MOT17': _DISTRACTORS,
    'MOT20': (*_DISTRACTORS, _NON_MOT_VEHICLE),
}
#: Smallest IoU of a result and a distractor that match.
DISTRACTOR_IOU = 0.5


@dataclass(frozen=True, eq=False)
class Frame:
    """Boxes of one frame that count.

    Attributes:
        number: frame number, from 1 on.
        gt_ids: [N], ids of the ground-truth boxes, renumbered from 0 within the sequence.
        result_ids: [M], ids of the result boxes, likewise.
        iou: float64 [N, M].
    """

    number: int
    gt_ids: IndexArray
    result_ids: IndexArray
    iou: FloatArray


@dataclass(frozen=True, eq=False)
class MotSequence:
    """A preprocessed sequence.

    Attributes:
        frames: the frames with any box that counts, in order.
        gt_boxes: int64 [G], number of boxes of each ground-truth id.
        result_boxes: int64 [T], number of boxes of each result id.
        gt_names: int64 [G], original ids of the ground truth.
        result_names: int64 [T], original ids of the results.
    """

    frames: list[Frame]
    gt_boxes: NDArray[np.int64]
    result_boxes: NDArray[np.int64]
    gt_names: NDArray[np.int64]
    result_names: NDArray[np.int64]


def preprocess(gt: MotArray, results: MotArray, benchmark: str, name: str = '') -> MotSequence:
    """Apply the rules of a benchmark and compute the overlaps.

    Args:
        gt: [N, 7..10] MOTChallenge ground truth, with the class in column 8 unless for MOT15.
        results: [M, 7..10] MOTChallenge results.
        benchmark: MOT15, MOT16, MOT17 or MOT20.
        name: name of the sequence in error messages.

    Raises:
        ValueError: if the benchmark is unknown, an id occurs twice in a frame, or a class is not
            one of the benchmark.
    """
    if benchmark not in BENCHMARKS:
        raise ValueError(f'benchmark must be one of {", ".join(BENCHMARKS)}, got {benchmark!r}')
    distractors = BENCHMARKS[benchmark]
    _check_unique(gt, f'ground truth of {name!r}')
    _check_unique(results, f'results of {name!r}')
    gt_kept = gt[:, MARK].astype(np.int64) != 0
    results_kept = np.ones(len(results), dtype=bool)
    if distractors is not None:
        _check_classes(gt, results, benchmark, name)
        classes = gt[:, CLASS].astype(np.int64)
        gt_kept &= classes == PEDESTRIAN
        is_distractor = np.isin(classes, distractors)

    pairs = []
    for number, gt_rows, result_rows in _frames(gt, results):
        iou = trackeval_iou_matrix(
            gt[gt_rows, LEFT : HEIGHT + 1], results[result_rows, LEFT : HEIGHT + 1]
        )
        if distractors is not None and iou.size:
            matched_gt, matched = _match(iou)
            results_kept[result_rows[matched[is_distractor[gt_rows[matched_gt]]]]] = False
        keep = np.ix_(gt_kept[gt_rows], results_kept[result_rows])
        gt_rows, result_rows = gt_rows[gt_kept[gt_rows]], result_rows[results_kept[result_rows]]
        pairs.append((number, gt_rows, result_rows, iou[keep]))

    gt_ids, gt_boxes, gt_names = _renumber(gt[:, ID], gt_kept)
    result_ids, result_boxes, result_names = _renumber(results[:, ID], results_kept)
    frames = [
        Frame(number, gt_ids[g], result_ids[r], iou)
        for number, g, r, iou in pairs
        if len(g) or len(r)
    ]
    return MotSequence(frames, gt_boxes, result_boxes, gt_names, result_names)


def _frames(gt: MotArray, results: MotArray) -> Iterator[tuple[int, IndexArray, IndexArray]]:
    """Yield number, ground-truth rows and result rows of each frame, in the order of the files."""
    gt_order = np.argsort(gt[:, FRAME], kind='stable')
    result_order = np.argsort(results[:, FRAME], kind='stable')
    numbers = np.union1d(gt[:, FRAME], results[:, FRAME])
    gt_stops = np.searchsorted(gt[gt_order, FRAME], numbers, side='right')
    result_stops = np.searchsorted(results[result_order, FRAME], numbers, side='right')
    gt_start = result_start = 0
    for number, gt_stop, result_stop in zip(numbers, gt_stops.tolist(), result_stops.tolist()):
        yield int(number), gt_order[gt_start:gt_stop], result_order[result_start:result_stop]
        gt_start, result_start = gt_stop, result_stop


def _match(iou: FloatArray) -> tuple[IndexArray, IndexArray]:
    """Return the pairs with the largest total IoU, without pairs below the threshold."""
    score = np.where(iou < DISTRACTOR_IOU - TRACKEVAL_EPSILON, 0, iou)
    rows, columns = linear_sum_assignment(score, maximize=True)
    matched = score[rows, columns] > TRACKEVAL_EPSILON
    return rows[matched], columns[matched]


def _renumber(
    ids: FloatArray, kept: NDArray[np.bool_]
) -> tuple[IndexArray, NDArray[np.int64], NDArray[np.int64]]:
    """Renumber the kept ids from 0 on.

    Returns:
        New id of each row (-1 if not kept); number of rows and original id of each new id.
    """
    numbers = np.full(len(ids), -1, dtype=np.intp)
    names, inverse, counts = np.unique(ids[kept], return_inverse=True, return_counts=True)
    numbers[kept] = inverse
    return numbers, counts.astype(np.int64), names.astype(np.int64)


def _check_unique(rows: MotArray, name: str) -> None:
    keys = rows[np.lexsort((rows[:, ID], rows[:, FRAME]))][:, [FRAME, ID]]
    twice = np.flatnonzero((keys[1:] == keys[:-1]).all(axis=1))
    if len(twice):
        frame, track_id = keys[twice[0]].astype(np.int64).tolist()
        raise ValueError(
            f'{name}: id {track_id} occurs more than once in frame {frame}; '
            'an id must be unique within a frame'
        )


def _check_classes(gt: MotArray, results: MotArray, benchmark: str, name: str) -> None:
    if gt.shape[1] <= CLASS:
        raise ValueError(
            f'ground truth of {name!r}: got {gt.shape[1]} columns, but {benchmark} needs the '
            "class in column 8; use benchmark='MOT15' for ground truth without classes"
        )
    unknown = np.setdiff1d(gt[:, CLASS].astype(np.int64), CLASSES)
    if len(unknown):
        raise ValueError(
            f'ground truth of {name!r}: class {unknown[0]} in column 8 is not one of '
            f"{benchmark}'s 1 to {CLASSES[-1]}; use benchmark='MOT15' for ground truth without "
            'classes'
        )
    if results.shape[1] > CLASS and (results[:, CLASS] >= PEDESTRIAN + 1).any():
        raise ValueError(
            f'results of {name!r}: column 8 has a class above {PEDESTRIAN}, but {benchmark} '
            'evaluates only pedestrians; remove the other rows and write 1 or -1 in column 8'
        )
