# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""CLEAR MOT metrics: MOTA, MOTP, identity switches, fragmentations and track coverage.

Bernardin and Stiefelhagen, 'Evaluating Multiple Object Tracking Performance: The CLEAR MOT
Metrics', 2008; mostly tracked and mostly lost as in Li, Huang and Nevatia, CVPR 2009.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from fairmot_ros.boxes import TRACKEVAL_EPSILON
from fairmot_ros.evaluation.metrics.preprocessing import FloatArray, Frame, IndexArray, MotSequence

#: Smallest IoU of a match.
MATCH_IOU = 0.5
#: Share of matched boxes above which a ground-truth track is mostly tracked.
MOSTLY_TRACKED = 0.8
#: Share of matched boxes below which a ground-truth track is mostly lost.
MOSTLY_LOST = 0.2

# Gives pairs that were matched in the previous frame priority over any overlap.
_CONTINUATION_BONUS = 1000
_UNMATCHED = -1


@dataclass(frozen=True)
class Clear:
    """CLEAR MOT sums of one or more sequences; adding them combines sequences.

    Attributes:
        tp, fn, fp: numbers of true positive, false negative and false positive boxes.
        idsw: number of identity switches.
        frag: number of fragmentations: resumed matches of a ground-truth track after a gap.
        mostly_tracked, partially_tracked, mostly_lost: numbers of ground-truth tracks.
        overlap_sum: sum of the IoU of all matches.
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
        """Return the metrics by name."""
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
        """Multiple object tracking accuracy, at most 1; may be negative."""
        return (self.tp - self.fp - self.idsw) / max(1, self.gt_boxes)

    @property
    def motp(self) -> float:
        """Multiple object tracking precision: mean IoU of the matches, 0..1."""
        return self.overlap_sum / max(1, self.tp)


@dataclass(frozen=True, eq=False)
class FrameMatches:
    """Matches of one frame under the rules of CLEAR MOT.

    Attributes:
        frame: the frame.
        gt_ids, result_ids: [K], ids of the matched pairs.
        iou: float64 [K], their overlaps.
        switched: bool [K], whether the result id differs from that of the last match.
        resumed: bool [K], whether the ground truth was not matched in the previous frame.
    """

    frame: Frame
    gt_ids: IndexArray
    result_ids: IndexArray
    iou: FloatArray
    switched: NDArray[np.bool_]
    resumed: NDArray[np.bool_]


def match_frames(sequence: MotSequence) -> Iterator[FrameMatches]:
    """Match frame by frame; matches of the previous frame have priority over larger overlaps."""
    gt_count = len(sequence.gt_boxes)
    last_match = np.full(gt_count, _UNMATCHED)
    previous_match = np.full(gt_count, _UNMATCHED)
    for frame in sequence.frames:
        rows, columns = _match(frame, previous_match)
        gt_ids, result_ids = frame.gt_ids[rows], frame.result_ids[columns]
        last = last_match[gt_ids]
        yield FrameMatches(
            frame,
            gt_ids,
            result_ids,
            frame.iou[rows, columns],
            switched=(last != _UNMATCHED) & (last != result_ids),
            resumed=previous_match[gt_ids] == _UNMATCHED,
        )
        # As in TrackEval, a frame without ground truth or without results interrupts no track.
        if frame.iou.size:
            last_match[gt_ids] = result_ids
            previous_match.fill(_UNMATCHED)
            previous_match[gt_ids] = result_ids


def _match(frame: Frame, previous_match: NDArray[np.intp]) -> tuple[IndexArray, IndexArray]:
    """Return rows and columns of the matched pairs of a frame."""
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
    times_resumed = np.zeros(gt_count, dtype=np.int64)
    idsw = 0
    overlap_sum = 0.0
    for matches in match_frames(sequence):
        matched_boxes[matches.gt_ids] += 1
        times_resumed[matches.gt_ids] += matches.resumed
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
        frag=int(np.maximum(times_resumed - 1, 0).sum()),
        mostly_tracked=mostly_tracked,
        partially_tracked=gt_count - mostly_tracked - mostly_lost,
        mostly_lost=mostly_lost,
        overlap_sum=overlap_sum,
    )
