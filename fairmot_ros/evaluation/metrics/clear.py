"""CLEAR MOT: MOTA, MOTP, identity switches, fragmentations and track coverage.

Bernardin and Stiefelhagen, 'Evaluating Multiple Object Tracking Performance: The CLEAR MOT
Metrics', 2008; mostly tracked and mostly lost from Li, Huang and Nevatia, CVPR 2009.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from fairmot_ros.boxes import TRACKEVAL_EPSILON
from fairmot_ros.evaluation.metrics.preprocessing import FloatArray, Frame, IndexArray, MotSequence

MATCH_IOU = 0.5
MOSTLY_TRACKED = 0.8  # more than this share of its boxes is matched
MOSTLY_LOST = 0.2  # less than this

# A pair that was matched in the frame before goes ahead of any overlap of other pairs.
_CONTINUATION_BONUS = 1000
_NOBODY = -1


@dataclass(frozen=True)
class Clear:
    """CLEAR MOT sums of one or more sequences; adding them combines sequences.

    Attributes:
        tp, fn, fp: numbers of matched, missed and superfluous boxes.
        idsw: identity switches.
        frag: fragmentations, the times that an interrupted ground-truth track is found again.
        mostly_tracked, partially_tracked, mostly_lost: numbers of ground-truth tracks.
        overlap_sum: overlap summed over the matches.
    """

    tp: int
    fn: int
    fp: int
    idsw: int
    frag: int
    mostly_tracked: int
    partially_tracked: int
    mostly_lost: int
    overlap_sum: float

    def __add__(self, other: Clear) -> Clear:
        return Clear(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    def summary(self) -> dict[str, float | int]:
        """Return the usual figures by name."""
        return {
            'MOTA': self.mota,
            'MOTP': self.motp,
            'IDSW': self.idsw,
            'FP': self.fp,
            'FN': self.fn,
            'Frag': self.frag,
            'MT': self.mostly_tracked,
            'PT': self.partially_tracked,
            'ML': self.mostly_lost,
        }

    @property
    def gt_boxes(self) -> int:
        """Number of ground-truth boxes."""
        return self.tp + self.fn

    @property
    def mota(self) -> float:
        """Multiple object tracking accuracy, 1 at best and without a lower bound."""
        return (self.tp - self.fp - self.idsw) / max(1, self.gt_boxes)

    @property
    def motp(self) -> float:
        """Multiple object tracking precision: the mean overlap of the matches, 0..1."""
        return self.overlap_sum / max(1, self.tp)


@dataclass(frozen=True, eq=False)
class FrameMatches:
    """What CLEAR MOT makes of one frame.

    Attributes:
        frame: the frame.
        gt_ids, result_ids: [K], the pairs that match.
        iou: float64 [K], their overlaps.
        switched: bool [K], whether the result is another one than at the last match.
        found_again: bool [K], whether the frame before did not match this ground truth.
    """

    frame: Frame
    gt_ids: IndexArray
    result_ids: IndexArray
    iou: FloatArray
    switched: NDArray[np.bool_]
    found_again: NDArray[np.bool_]


def match_frames(sequence: MotSequence) -> Iterator[FrameMatches]:
    """Match frame by frame; a match of the frame before goes ahead of a larger overlap."""
    gt_count = len(sequence.gt_boxes)
    last_match = np.full(gt_count, _NOBODY)
    previous_match = np.full(gt_count, _NOBODY)
    for frame in sequence.frames:
        rows, columns = _match(frame, previous_match)
        gt_ids, result_ids = frame.gt_ids[rows], frame.result_ids[columns]
        last = last_match[gt_ids]
        yield FrameMatches(
            frame,
            gt_ids,
            result_ids,
            frame.iou[rows, columns],
            switched=(last != _NOBODY) & (last != result_ids),
            found_again=previous_match[gt_ids] == _NOBODY,
        )
        # A frame in which one side is empty neither continues nor interrupts a track.
        if frame.iou.size:
            last_match[gt_ids] = result_ids
            previous_match.fill(_NOBODY)
            previous_match[gt_ids] = result_ids


def _match(frame: Frame, previous_match: NDArray[np.intp]) -> tuple[IndexArray, IndexArray]:
    """Return rows and columns of the pairs of a frame."""
    continues = previous_match[frame.gt_ids][:, None] == frame.result_ids
    score = _CONTINUATION_BONUS * continues + frame.iou
    score[frame.iou < MATCH_IOU - TRACKEVAL_EPSILON] = 0
    rows, columns = linear_sum_assignment(score, maximize=True)
    matched = score[rows, columns] > TRACKEVAL_EPSILON
    return rows[matched], columns[matched]


def evaluate_clear(sequence: MotSequence) -> Clear:
    """Return the CLEAR MOT sums of one sequence."""
    gt_count = len(sequence.gt_boxes)
    matched_boxes = np.zeros(gt_count, dtype=np.int64)
    times_found = np.zeros(gt_count, dtype=np.int64)
    idsw = 0
    overlap_sum = 0.0
    for matches in match_frames(sequence):
        matched_boxes[matches.gt_ids] += 1
        times_found[matches.gt_ids] += matches.found_again
        idsw += int(matches.switched.sum())
        overlap_sum += float(matches.iou.sum())

    tp = int(matched_boxes.sum())
    coverage = matched_boxes / sequence.gt_boxes
    mostly_tracked = int((coverage > MOSTLY_TRACKED).sum())
    mostly_lost = int((coverage < MOSTLY_LOST).sum())
    return Clear(
        tp=tp,
        fn=int(sequence.gt_boxes.sum()) - tp,
        fp=int(sequence.result_boxes.sum()) - tp,
        idsw=idsw,
        frag=int(np.maximum(times_found - 1, 0).sum()),
        mostly_tracked=mostly_tracked,
        partially_tracked=gt_count - mostly_tracked - mostly_lost,
        mostly_lost=mostly_lost,
        overlap_sum=overlap_sum,
    )
