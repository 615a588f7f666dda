# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Identity metrics: IDF1, IDP and IDR.

Ristani et al., 'Performance Measures and a Data Set for Multi-Target, Multi-Camera Tracking',
ECCV workshops 2016.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from fairmot_ros.evaluation.metrics.preprocessing import MotSequence

MATCH_IOU = 0.5


@dataclass(frozen=True)
class Identity:
    """Identity sums of one or more sequences; adding them combines sequences.

    Attributes:
        idtp, idfn, idfp: numbers of true positive, false negative and false positive boxes under
            the best one-to-one assignment of ground-truth ids to result ids.
    """

    idtp: int
    idfn: int
    idfp: int

    def __add__(self, other: Identity) -> Identity:
        return Identity(self.idtp + other.idtp, self.idfn + other.idfn, self.idfp + other.idfp)

    def summary(self) -> dict[str, float | int]:
        """Return the metrics by name."""
        return {'IDF1': self.idf1, 'IDP': self.idp, 'IDR': self.idr}

    @property
    def idr(self) -> float:
        """Identity recall, 0..1."""
        return self.idtp / max(1, self.idtp + self.idfn)

    @property
    def idp(self) -> float:
        """Identity precision, 0..1."""
        return self.idtp / max(1, self.idtp + self.idfp)

    @property
    def idf1(self) -> float:
        """Harmonic mean of identity precision and recall, 0..1."""
        return self.idtp / max(1.0, self.idtp + 0.5 * self.idfn + 0.5 * self.idfp)


def evaluate_identity(sequence: MotSequence) -> Identity:
    """Return the identity sums of one sequence.

    The paper minimises IDFN + IDFP. This maximises the number of boxes on which assigned ids
    agree, which is equivalent: each such box reduces both terms by one.
    """
    agreement = np.zeros((len(sequence.gt_boxes), len(sequence.result_boxes)), dtype=np.int64)
    for frame in sequence.frames:
        rows, columns = np.nonzero(frame.iou >= MATCH_IOU)
        agreement[frame.gt_ids[rows], frame.result_ids[columns]] += 1
    rows, columns = linear_sum_assignment(agreement, maximize=True)
    idtp = int(agreement[rows, columns].sum())
    return Identity(
        idtp=idtp,
        idfn=int(sequence.gt_boxes.sum()) - idtp,
        idfp=int(sequence.result_boxes.sum()) - idtp,
    )
