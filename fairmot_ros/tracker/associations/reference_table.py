# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tracks of a reference association: spawn, correct and remove duplicates."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.boxes import CYTHON_BBOX_PIXEL as PIXEL
from fairmot_ros.boxes import paired_iou
from fairmot_ros.tracker.embeddings import scale_to_unit_length
from fairmot_ros.tracker.matching.candidate_pairs import Indices
from fairmot_ros.tracker.matching.observations import Observations
from fairmot_ros.tracker.motion import kalman
from fairmot_ros.tracker.motion.models import REFERENCE_MOTION as MOTION
from fairmot_ros.tracker.table import TrackTable

#: Largest distance (1 - IoU) of duplicates.
DUPLICATE_THRESHOLD = 0.15
#: Weight of the previous embedding in the smoothed one.
MOMENTUM = 0.9


@dataclass(eq=False)
class ReferenceTable(TrackTable):
    """Tracks in the order of the original code: tracked and tentative ones, then lost ones.

    Times are in frames.

    Attributes:
        expired: bool [N], whether a lost track exceeded its lifetime. As in the original code, it
            can still be matched in the next frame, and is dropped if it is not.
    """

    expired: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, np.bool_))

    @staticmethod
    def of(
        observations: Observations, columns: Indices, first_id: int, now: float
    ) -> ReferenceTable:
        """Return new tracks; those of the first frame are confirmed.

        Args:
            observations: detections of the frame.
            columns: [K], the detections that spawn a track.
            first_id: id of the first track; the others follow.
            now: number of the frame, from 1 on.
        """
        return ReferenceTable.spawned(
            MOTION.initiate(observations.measurements.take(columns, 1)),
            class_ids=observations.class_ids.take(columns),
            scores=observations.scores.take(columns),
            embeddings=observations.embeddings.take(columns, 0),
            first_id=first_id,
            now=now,
            confirmed=np.full(len(columns), now == 1),
            expired=np.zeros(len(columns), np.bool_),
        )

    def correct(
        self, observations: Observations, columns: Indices, scored: int, now: float
    ) -> None:
        """Update the matched tracks, the first K of the table.

        Args:
            observations: detections of the frame.
            columns: [K], the detection of each track.
            scored: number of tracks, from the first one on, whose score is updated.
            now: number of the frame.
        """
        count = len(columns)
        if not count:
            return
        MOTION.update(self.state[:, :, :count], observations.measurements.take(columns, 1))
        self.scores[:scored] = observations.scores.take(columns[:scored])
        self.confirmed[:count] = True
        self.seen[:count] = now
        self.hits[:count] += 1
        if self.embeddings.shape[1]:
            smoothed = self.embeddings[:count]
            smoothed *= np.float32(MOMENTUM)
            smoothed += np.float32(1 - MOMENTUM) * observations.embeddings.take(columns, 0)
            scale_to_unit_length(smoothed)

    def without_duplicates(self, tracked: int) -> tuple[ReferenceTable, int]:
        """Drop the shorter-lived one of each tracked and lost track at the same place.

        Args:
            tracked: number of tracked and tentative tracks, which come first.

        Returns:
            The remaining tracks, and how many of them are tracked or tentative.
        """
        x, y, aspect, height = self.state[kalman.P]
        # Duplicates have centres nearer than this share of their size. Usually there are none, so
        # this test comes before the IoU.
        share = DUPLICATE_THRESHOLD / (1 - DUPLICATE_THRESHOLD) + 1e-9
        largest_dx = share * (aspect[tracked:] * height[tracked:] + PIXEL)
        rows, columns = (np.abs(x[:tracked, None] - x[tracked:]) <= largest_dx).nonzero()
        if not len(rows):
            return self, tracked
        columns += tracked
        largest_dy = share * (height.take(columns) + PIXEL)
        near = (np.abs(y.take(rows) - y.take(columns)) <= largest_dy).nonzero()[0]
        if not len(near):
            return self, tracked
        boxes = MOTION.parametrization.to_xyxy(self.state[kalman.P])
        rows, columns = rows.take(near), columns.take(near)
        distance = 1 - paired_iou((rows, columns), boxes, boxes, PIXEL)
        duplicates = (distance < DUPLICATE_THRESHOLD).nonzero()[0]
        if not len(duplicates):
            return self, tracked
        rows, columns = rows[duplicates], columns[duplicates]
        lifetime = self.seen - self.started
        tracked_is_older = lifetime[rows] > lifetime[columns]
        keep = np.ones(len(self), np.bool_)
        keep[rows[~tracked_is_older]] = False
        keep[columns[tracked_is_older]] = False
        return self.take(keep.nonzero()[0]), int(np.count_nonzero(keep[:tracked]))
