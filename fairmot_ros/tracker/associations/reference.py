# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Reference association: the published algorithms, reproduced exactly.

The algorithms are those of FairMOT (Zhang et al. 2021, section 3.5) and of the two trackers in
ByteTrack's FairMOT tutorial (Zhang et al. 2022). Time is a count of frames. Side effects of the
original code are reproduced. For every frame:

1. Predict confirmed and lost tracks; tentative ones keep their boxes.
2. Assign in stages; a detection leaves the pool with its first match:
   a. appearance and motion (or boxes, in 'byte'), confirmed and lost tracks;
   b. boxes, confirmed tracks that were matched in the previous frame (not in 'byte');
   c. boxes of low-score detections, the same tracks (not in 'fairmot');
   d. boxes, tentative tracks.
3. Update matched tracks; spawn tracks from unmatched detections; drop unmatched tentative tracks,
   expired tracks and duplicates.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.boxes import CYTHON_BBOX_PIXEL as PIXEL
from fairmot_ros.tracker.associations.base import Association
from fairmot_ros.tracker.associations.reference_settings import ReferenceSettings
from fairmot_ros.tracker.associations.reference_table import ReferenceTable
from fairmot_ros.tracker.matching.candidate_pairs import (
    NO_PAIRS,
    CandidatePairs,
    Indices,
    of_one_class,
    overlapping,
    reference_appearance_distance,
    within_gate,
)
from fairmot_ros.tracker.matching.matches import Matching
from fairmot_ros.tracker.matching.observations import Observations
from fairmot_ros.tracker.motion import kalman
from fairmot_ros.tracker.motion.models import REFERENCE_MOTION as MOTION
from fairmot_ros.tracker.table import TrackTable
from fairmot_ros.types import Detections

if TYPE_CHECKING:
    from fairmot_ros.tracker.config import TrackerConfig

Mask = NDArray[np.bool_]

#: Weight of the squared Mahalanobis distance in the cost of the first stage.
MOTION_WEIGHT = 0.02
#: Largest costs (1 - IoU) of the later stages.
BOX_THRESHOLD, LOW_SCORE_THRESHOLD, TENTATIVE_THRESHOLD = 0.5, 0.4, 0.7
#: Lowest score of a detection that can continue a track.
LOW_SCORE = 0.2


class ReferenceAssociation(Association):
    """Cascade of assignment stages; the module docstring lists them."""

    needs_stamp = False
    estimates_camera_motion = False
    parametrization = MOTION.parametrization

    def __init__(self, config: TrackerConfig) -> None:
        """Start without tracks."""
        self._settings = ReferenceSettings.of(config)
        self.rate = float(self._settings.frame_rate)
        self.now = 0.0
        self.requires_embeddings = self.stores_embeddings = self._settings.uses_embeddings
        self._table = ReferenceTable.empty()
        self._tracked = 0  # number of tracked and tentative tracks, the first ones of the table
        self._one_class = True  # whether the current frame has a single class

    @staticmethod
    def check(config: TrackerConfig) -> None:
        """See `Association`."""
        ReferenceSettings.of(config)

    @staticmethod
    def uses_embeddings(config: TrackerConfig) -> bool:
        """See `Association`."""
        return ReferenceSettings.of(config).uses_embeddings

    def configure(self, config: TrackerConfig) -> None:
        """See `Association`."""
        settings, old = ReferenceSettings.of(config), self._settings
        if (
            settings.frame_rate != old.frame_rate
            or settings.uses_embeddings != old.uses_embeddings
        ):
            raise ValueError(
                'the frame rate of a reference association and its use of embeddings cannot '
                'change while tracking; make a new Tracker'
            )
        self._settings = settings

    @property
    def table(self) -> TrackTable:
        """The tracks."""
        return self._table

    @property
    def visible(self) -> Indices:
        """See `Association`."""
        return self._table.confirmed[: self._tracked].nonzero()[0]

    @property
    def lost(self) -> Indices:
        """See `Association`."""
        return self._tracked + (~self._table.expired[self._tracked :]).nonzero()[0]

    def step(
        self,
        detections: Detections,
        stamp: float | None,
        first_id: int,
        camera_motion: NDArray[np.float64] | None,
    ) -> int:
        """See `Association`."""
        settings, table, tracked = self._settings, self._table, self._tracked
        self.now += 1
        observations, high = self._observations(detections)
        tentative = self.tentative
        self._predict(tentative, camera_motion)
        self._one_class = not (
            np.count_nonzero(table.class_ids) or np.count_nonzero(detections.class_ids)
        )

        matching = Matching(len(table), len(observations))
        matching.free[high:] = False
        candidates = table.confirmed.copy()
        matching.assign(
            self._first_pairs(observations, candidates, matching), settings.first_threshold
        )
        unmatched = candidates[:tracked] & (matching.partner[:tracked] < 0)
        rows = unmatched.nonzero()[0]
        boxes = self._box_pairs(np.concatenate((rows, tentative)), observations, matching)
        if settings.uses_embeddings:
            matching.assign(boxes.only(candidates.take(boxes.rows)), BOX_THRESHOLD)
        if settings.uses_low_scores:
            rows = rows[matching.partner.take(rows) < 0]
            low = Matching(len(table), len(observations))
            low.free[:high] = False
            low.assign(self._box_pairs(rows, observations, low), LOW_SCORE_THRESHOLD)
            matching.partner[rows] = low.partner.take(rows)
        matching.assign(boxes.only(~candidates.take(boxes.rows)), TENTATIVE_THRESHOLD)

        columns = (
            matching.free & (observations.scores >= settings.new_track_threshold)
        ).nonzero()[0]
        spawned = None
        if len(columns):
            spawned = ReferenceTable.of(observations, columns, first_id, self.now)
        self._rebuild(observations, matching.partner, spawned)
        return len(columns)

    def _observations(self, detections: Detections) -> tuple[Observations, int]:
        """Return the usable detections, high-score ones first, and the number of those."""
        threshold = self._settings.score_threshold
        scores, boxes = detections.scores, detections.boxes_xyxy
        usable = (boxes[:, 2] > boxes[:, 0]) & (boxes[:, 3] > boxes[:, 1])
        indices = (usable & (scores > threshold)).nonzero()[0]
        high = len(indices)
        if self._settings.uses_low_scores:
            low = usable & (scores > min(LOW_SCORE, threshold)) & (scores < threshold)
            indices = np.concatenate((indices, low.nonzero()[0]))
        size = self._table.embeddings.shape[1]
        return Observations.of(detections, indices, size, self.parametrization), high

    def _predict(self, tentative: Indices, camera_motion: NDArray[np.float64] | None) -> None:
        """Move all tracks but tentative ones forward by one frame."""
        state = self._table.state
        before = state.take(tentative, 2)
        state[kalman.V, kalman.HEIGHT, self._tracked :] = 0
        MOTION.predict(state, 1.0)
        if len(tentative):
            state[:, :, tentative] = before
        if camera_motion is not None:
            kalman.warp(state, camera_motion, self.parametrization)

    def _first_pairs(
        self, observations: Observations, candidates: Mask, matching: Matching
    ) -> CandidatePairs:
        """Return the pairs of the first stage with their cost.

        Args:
            observations: the M detections.
            candidates: [N], which tracks take part.
            matching: the matches so far; its free detections take part.
        """
        table = self._table
        if not self._settings.uses_embeddings:
            return self._box_pairs(candidates.nonzero()[0], observations, matching)
        high = int(np.count_nonzero(matching.free))  # they come first
        measurements = observations.measurements[:, :high]
        state = table.state
        pairs = within_gate(state[kalman.P], MOTION.innovation(state), measurements, kalman.GATE)
        if np.count_nonzero(candidates) < len(candidates):
            pairs = pairs.only(candidates.take(pairs.rows))
        pairs = self._of_one_class(pairs, observations)
        distance = reference_appearance_distance(pairs, table.embeddings, observations.embeddings)
        cost = (1 - MOTION_WEIGHT) * distance + MOTION_WEIGHT * pairs.cost
        return CandidatePairs(pairs.rows, pairs.columns, cost)

    def _box_pairs(
        self, rows: Indices, observations: Observations, matching: Matching
    ) -> CandidatePairs:
        """Return the pairs of given tracks and free detections whose boxes overlap."""
        columns = matching.free.nonzero()[0]
        if not (len(rows) and len(columns)):
            return NO_PAIRS
        boxes = self.parametrization.to_xyxy(self._table.state[kalman.P].take(rows, 1))
        pairs = overlapping(boxes, observations.xyxy.take(columns, 1), PIXEL)
        pairs = CandidatePairs(rows.take(pairs.rows), columns.take(pairs.columns), pairs.cost)
        return self._of_one_class(pairs, observations)

    def _of_one_class(self, pairs: CandidatePairs, observations: Observations) -> CandidatePairs:
        if self._one_class:
            return pairs
        return of_one_class(pairs, self._table.class_ids, observations.class_ids)

    def _rebuild(
        self, observations: Observations, partner: Indices, spawned: ReferenceTable | None
    ) -> None:
        """Reorder the table, update matched tracks, insert spawned ones and drop the others.

        Args:
            observations: the detections of the frame.
            partner: [N], the detection of each track, -1 for none.
            spawned: new tracks, if any.
        """
        old, tracked = self._table, self._tracked
        if not len(old):
            if spawned is not None:
                self._table, self._tracked = spawned, len(spawned)
            return
        is_matched = partner >= 0
        is_lost = ~is_matched & old.confirmed & ~old.expired
        kept = int(np.count_nonzero(is_matched[:tracked]))  # matched lost tracks follow them
        just_lost = int(np.count_nonzero(is_lost[:tracked]))
        matched, unmatched = is_matched.nonzero()[0], is_lost.nonzero()[0]
        placeholder = np.zeros(0 if spawned is None else len(spawned), np.int64)
        visible = np.concatenate((matched[:kept], placeholder, matched[kept:]))
        order = np.concatenate((visible, unmatched[just_lost:], unmatched[:just_lost]))
        self._table, self._tracked = table, tracked = old.take(order), len(visible)
        # FairMOT does not update the score of a lost track that is matched again.
        scored = kept if self._settings.variant == 'fairmot' else tracked
        table.correct(observations, partner.take(visible), scored, self.now)
        if spawned is not None:
            table.overwrite(kept, spawned)
        still_lost = slice(tracked, len(table) - just_lost)
        lost_for = self.now - table.seen[still_lost]
        table.expired[still_lost] = lost_for > self._settings.lost_timeout
        if len(unmatched):
            self._table, self._tracked = table.without_duplicates(tracked)
