# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""HOTA: higher order tracking accuracy.

Luiten et al., 'HOTA: A Higher Order Metric for Evaluating Multi-Object Tracking', IJCV 2021.
Equation numbers refer to this paper.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from fairmot_ros.boxes import TRACKEVAL_EPSILON
from fairmot_ros.evaluation.metrics.preprocessing import FloatArray, MotSequence

# The localisation thresholds 0.05, 0.10, ..., 0.95.
ALPHAS = np.arange(0.05, 0.99, 0.05)


@dataclass(frozen=True, eq=False)
class Hota:
    """HOTA of one or more sequences at each threshold of `ALPHAS`; every array is [19].

    All attributes are sums, so sequences are combined by adding them. Association and localisation
    are then weighted by true positives, as defined in the paper.

    Attributes:
        tp, fn, fp: int64, numbers of true positive, false negative and false positive boxes.
        association_sum: sum of A(c) over the true positives c (equation 5).
        association_recall_sum, association_precision_sum: likewise, of recall and precision.
        localisation_sum: sum of the IoU over the true positives.
    """

    tp: NDArray[np.int64]
    fn: NDArray[np.int64]
    fp: NDArray[np.int64]
    association_sum: FloatArray
    association_recall_sum: FloatArray
    association_precision_sum: FloatArray
    localisation_sum: FloatArray

    def __add__(self, other: Hota) -> Hota:
        return Hota(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    def summary(self) -> dict[str, float | int]:
        """Return the metrics by name, averaged over the thresholds."""
        return {
            'HOTA': float(self.hota.mean()),
            'DetA': float(self.det_a.mean()),
            'AssA': float(self.ass_a.mean()),
            'LocA': float(self.loc_a.mean()),
        }

    @property
    def det_re(self) -> FloatArray:
        """Detection recall."""
        return self.tp / np.maximum(1, self.tp + self.fn)

    @property
    def det_pr(self) -> FloatArray:
        """Detection precision."""
        return self.tp / np.maximum(1, self.tp + self.fp)

    @property
    def det_a(self) -> FloatArray:
        """Detection accuracy (equation 8)."""
        return self.tp / np.maximum(1, self.tp + self.fn + self.fp)

    @property
    def ass_re(self) -> FloatArray:
        """Association recall."""
        return self.association_recall_sum / np.maximum(1, self.tp)

    @property
    def ass_pr(self) -> FloatArray:
        """Association precision."""
        return self.association_precision_sum / np.maximum(1, self.tp)

    @property
    def ass_a(self) -> FloatArray:
        """Association accuracy (equation 9)."""
        return self.association_sum / np.maximum(1, self.tp)

    @property
    def loc_a(self) -> FloatArray:
        """Localisation accuracy; 1 without matches."""
        return np.where(self.tp > 0, self.localisation_sum / np.maximum(1, self.tp), 1.0)

    @property
    def hota(self) -> FloatArray:
        """HOTA at each threshold (equation 10)."""
        return np.sqrt(self.det_a * self.ass_a)


def evaluate_hota(sequence: MotSequence) -> Hota:
    """Return the HOTA sums of one sequence."""
    gt_ids, result_ids, iou = _match(sequence)
    gt_total, result_total = sequence.gt_boxes, sequence.result_boxes
    pairs, pair_of_match = np.unique(gt_ids * len(result_total) + result_ids, return_inverse=True)
    gt_of_pair, result_of_pair = np.divmod(pairs, max(1, len(result_total)))
    gt_size, result_size = gt_total[gt_of_pair], result_total[result_of_pair]

    hits = iou >= ALPHAS[:, None] - TRACKEVAL_EPSILON
    # matches[a, p]: number of frames in which pair p matches at threshold a, |TPA| of equation 5.
    matches = np.array([np.bincount(pair_of_match[hit], minlength=len(pairs)) for hit in hits])
    squared = matches * matches
    tp = hits.sum(axis=1)
    return Hota(
        tp=tp,
        fn=gt_total.sum() - tp,
        fp=result_total.sum() - tp,
        association_sum=(squared / (gt_size + result_size - matches)).sum(axis=1),
        association_recall_sum=(squared / gt_size).sum(axis=1),
        association_precision_sum=(squared / result_size).sum(axis=1),
        localisation_sum=(hits * iou).sum(axis=1),
    )


def _match(sequence: MotSequence) -> tuple[NDArray[np.intp], NDArray[np.intp], FloatArray]:
    """Assign boxes frame by frame, preferring pairs of ids that overlap in the whole sequence.

    The score of a pair is its IoU times the global alignment of its two ids. The same assignment
    is used for all thresholds; each counts only the pairs with sufficient IoU.

    Returns:
        Ground-truth id, result id and IoU of each assigned pair.
    """
    alignment = _global_alignment(sequence)
    gt_ids, result_ids, ious = [], [], []
    for frame in sequence.frames:
        score = alignment[np.ix_(frame.gt_ids, frame.result_ids)] * frame.iou
        rows, columns = linear_sum_assignment(score, maximize=True)
        gt_ids.append(frame.gt_ids[rows])
        result_ids.append(frame.result_ids[columns])
        ious.append(frame.iou[rows, columns])
    if not gt_ids:
        return np.zeros(0, np.intp), np.zeros(0, np.intp), np.zeros(0)
    return np.concatenate(gt_ids), np.concatenate(result_ids), np.concatenate(ious)


def _global_alignment(sequence: MotSequence) -> FloatArray:
    """Return the Jaccard index [G, T] of ground-truth and result ids in the sequence, in 0..1.

    Each frame adds to the intersection of two ids the IoU of their boxes, divided by the sum of
    all IoU that involve either box in that frame: 1 if they overlap no other box.
    """
    common = np.zeros((len(sequence.gt_boxes), len(sequence.result_boxes)))
    for frame in sequence.frames:
        iou = frame.iou
        either = iou.sum(axis=0, keepdims=True) + iou.sum(axis=1, keepdims=True) - iou
        share = np.divide(iou, either, out=np.zeros_like(iou), where=either > TRACKEVAL_EPSILON)
        common[np.ix_(frame.gt_ids, frame.result_ids)] += share
    return common / (sequence.gt_boxes[:, None] + sequence.result_boxes[None, :] - common)
