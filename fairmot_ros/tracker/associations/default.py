# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Default association: a cascade of assignment stages on motion-gated candidate pairs.

Time is in seconds, so results do not depend on the frame rate. Thresholds apply to relative scores
(see `scores.scale`), so results hardly depend on the score range of the detector. For every frame:

1. Predict all tracks to the frame's stamp and compensate camera motion.
2. Build candidate pairs: detections inside the motion gate of a track, with their box distance.
3. Assign in stages; a detection leaves the pool with its first match:
   a. appearance distance, confirmed tracks (FairMOT, Zhang et al. 2021, section 3.5);
   b. box distance, confirmed and lost tracks;
   c. box distance to low-score detections, tracks matched in the previous frame (BYTE, Zhang et
      al. 2022);
   d. appearance distance without gate, tracks lost for up to `reid_timeout`;
   e. appearance distance, then box distance to detections of all scores, tentative tracks;
   f. a larger box distance, where track and detection have no other candidate and similar
      heights: tracks matched in the previous frame and tentative tracks.
4. Update matched tracks, spawn tracks from unmatched high-score detections, prune expired ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.tracker.associations.base import Association
from fairmot_ros.tracker.associations.default_table import DefaultTable
from fairmot_ros.tracker.matching.box_distance import gated_box_distance
from fairmot_ros.tracker.matching.candidate_pairs import (
    NO_PAIRS,
    CandidatePairs,
    Indices,
    of_one_class,
    similar,
)
from fairmot_ros.tracker.matching.matches import Matching
from fairmot_ros.tracker.matching.observations import Observations
from fairmot_ros.tracker.matching.overlaps import largest_overlap, occluded
from fairmot_ros.tracker.matching.stages import UNAMBIGUOUS_DISTANCE, by_appearance, unambiguous
from fairmot_ros.tracker.motion import kalman
from fairmot_ros.tracker.motion.models import DEFAULT_MOTION as MOTION
from fairmot_ros.tracker.scores.scale import ScoreScale
from fairmot_ros.tracker.scores.thresholds import class_shift, evidence, relative_scores, usable
from fairmot_ros.tracker.table import TrackTable
from fairmot_ros.types import Detections

if TYPE_CHECKING:
    from fairmot_ros.tracker.config import TrackerConfig

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

#: Gate enlargement for tracks with one observation, whose velocity is unknown: factor on the
#: unmatched time by which their boxes grow in the box distance.
SINGLE_OBSERVATION_GATE = 6.0
#: IoU with a matched detection above which a new track needs more evidence (likely a body part).
OVERLAP_IOU = 0.15
#: The additional evidence.
OVERLAP_EVIDENCE = 7.0


class DefaultAssociation(Association):
    """Cascade of assignment stages; the module docstring lists them."""

    needs_stamp = True
    estimates_camera_motion = True
    requires_embeddings = False
    stores_embeddings = True
    parametrization = MOTION.parametrization
    rate = 1.0

    def __init__(self, config: TrackerConfig) -> None:
        """Start without tracks."""
        self._config = config
        self._table = DefaultTable.empty()
        self._score_scale = ScoreScale()
        self._is_first_frame = True
        self.now = 0.0

    @staticmethod
    def check(config: TrackerConfig) -> None:
        """See `Association`."""
        if config.low_score_threshold > config.score_threshold and config.recover_low_scores:
            raise ValueError(
                f'low_score_threshold must not be above score_threshold, '
                f'got {config.low_score_threshold} > {config.score_threshold}'
            )

    @staticmethod
    def uses_embeddings(config: TrackerConfig) -> bool:
        """See `Association`."""
        return config.use_appearance

    def configure(self, config: TrackerConfig) -> None:
        """See `Association`; all settings can change."""
        self._config = config

    @property
    def table(self) -> TrackTable:
        """The tracks."""
        return self._table

    @property
    def visible(self) -> Indices:
        """See `Association`."""
        return (self._table.confirmed & self._matched_last).nonzero()[0]

    @property
    def lost(self) -> Indices:
        """See `Association`."""
        return (self._table.confirmed & ~self._matched_last).nonzero()[0]

    @property
    def _matched_last(self) -> Mask:
        """Which tracks [N] were matched in the last frame."""
        return self._table.seen == self.now

    def step(
        self,
        detections: Detections,
        stamp: float | None,
        first_id: int,
        camera_motion: NDArray[np.float64] | None,
    ) -> int:
        """See `Association`."""
        assert stamp is not None
        config, table = self._config, self._table
        scores = relative_scores(detections.scores, self._score_scale, config)
        indices, high = usable(detections, scores, config)
        observations = Observations.of(
            detections, indices, table.embeddings.shape[1], self.parametrization, scores
        )
        matched_last = self._matched_last
        seconds = 0.0 if self._is_first_frame else stamp - self.now
        if not self._is_first_frame:
            table.predict(seconds, ~matched_last)
        self.now = stamp
        if camera_motion is not None:
            kalman.warp(table.state, camera_motion, self.parametrization)
        use_appearance = detections.embeddings is not None and config.use_appearance
        matching = self._match(observations, high, matched_last, use_appearance)

        self._update_score_scale(matching, observations, seconds)
        self._update_tracks(matching, observations, use_appearance)
        self._table = table.without_expired(
            np.where(
                table.confirmed,
                max(config.lost_timeout, config.reid_timeout),
                config.tentative_timeout,
            ),
            stamp,
        )
        spawned = self._spawn(observations, high, matching, first_id)
        self._is_first_frame = False
        return spawned

    def _match(
        self, observations: Observations, high: Mask, matched_last: Mask, use_appearance: bool
    ) -> Matching:
        """Match tracks and detections, stage by stage.

        Args:
            observations: the M detections.
            high: [M], which of them have a high score.
            matched_last: [N], which tracks were matched in the previous frame.
            use_appearance: whether to run the stages that compare embeddings.
        """
        config, table = self._config, self._table
        confirmed = table.confirmed
        unmatched_time = self.now - table.seen
        # Tracks matched in the previous frame can continue at any frame rate.
        continuing = confirmed & (matched_last | (unmatched_time <= config.lost_timeout))
        embeddings = table.embeddings, observations.embeddings

        matching = Matching(len(table), len(observations))
        pairs = self._candidate_pairs(observations, unmatched_time)
        high_pairs = pairs.only(high.take(pairs.columns))
        continuing_pairs = high_pairs.only(continuing.take(high_pairs.rows))
        if use_appearance:
            costs = by_appearance(continuing_pairs, *embeddings)
            matching.assign(costs, config.max_appearance_distance)
        matching.assign(continuing_pairs, config.max_box_distance)
        if config.recover_low_scores:
            recent = (confirmed & matched_last).take(pairs.rows)
            low_pairs = pairs.only(recent & ~high.take(pairs.columns))
            matching.assign(low_pairs, config.max_low_score_distance)
        if use_appearance and config.reid_timeout > 0:
            ungated = self._ungated_pairs(matching, observations, confirmed & ~matched_last, high)
            matching.assign(ungated, config.max_reid_distance)
        if use_appearance:
            tentative_pairs = high_pairs.only(~confirmed.take(high_pairs.rows))
            costs = by_appearance(tentative_pairs, *embeddings)
            matching.assign(costs, config.max_appearance_distance)
        matching.assign(pairs.only(~confirmed.take(pairs.rows)), config.max_tentative_distance)
        eligible = (matched_last | ~confirmed).take(pairs.rows)
        heights = table.state[kalman.P, kalman.HEIGHT], observations.measurements[kalman.HEIGHT]
        matching.assign(unambiguous(pairs, eligible, *heights), UNAMBIGUOUS_DISTANCE)
        return matching

    def _candidate_pairs(
        self, observations: Observations, unmatched_time: Array
    ) -> CandidatePairs:
        """Return the pairs inside the motion gate, with their box distance as cost."""
        table = self._table
        if not (len(table) and len(observations)):
            return NO_PAIRS
        growth_time = np.where(
            table.hits == 1, SINGLE_OBSERVATION_GATE * unmatched_time, unmatched_time
        )
        innovation = MOTION.innovation(table.state)
        pairs = gated_box_distance(table.state, innovation, growth_time, observations)
        return self._of_one_class(pairs, observations)

    def _ungated_pairs(
        self, matching: Matching, observations: Observations, lost: Mask, high: Mask
    ) -> CandidatePairs:
        """Return the pairs of unmatched lost tracks and free detections of similar appearance."""
        rows = (lost & (matching.partner < 0)).nonzero()[0]
        columns = (matching.free & high).nonzero()[0]
        if not (len(rows) and len(columns)):
            return NO_PAIRS
        embeddings = self._table.embeddings, observations.embeddings
        pairs = similar(rows, columns, *embeddings, self._config.max_reid_distance)
        return self._of_one_class(pairs, observations)

    def _of_one_class(self, pairs: CandidatePairs, observations: Observations) -> CandidatePairs:
        if not self._config.separate_classes:
            return pairs
        return of_one_class(pairs, self._table.class_ids, observations.class_ids)

    def _update_score_scale(
        self, matching: Matching, observations: Observations, seconds: float
    ) -> None:
        """Update the score scale with the scores of detections matched to confirmed tracks.

        While there are no confirmed tracks, the highest score of the frame is used instead:
        otherwise, a scale that is too large for the detector would keep tracks from ever starting.
        """
        confirmed = self._table.confirmed
        if confirmed.any():
            columns = matching.partner[confirmed]
            scores = observations.scores.take(columns[columns >= 0])
        else:
            scores = np.sort(observations.scores)[-1:]
        self._score_scale.update(scores, seconds)

    def _update_tracks(
        self, matching: Matching, observations: Observations, use_appearance: bool
    ) -> None:
        """Update the matched tracks; occluded and low-score detections change no embedding."""
        rows = (matching.partner >= 0).nonzero()[0]
        if not len(rows):
            return
        config, table, columns = self._config, self._table, matching.partner.take(rows)
        table.correct(rows, observations, columns, self.now)
        gained = self._evidence(observations, columns)
        table.add_evidence(rows, gained, config.confirmation_evidence)
        if not use_appearance:
            return
        if config.skip_occluded_appearance:
            reliable = observations.relative_scores > config.score_threshold
            reliable &= ~occluded(observations)
            chosen = reliable[columns]
            rows, columns = rows[chosen], columns[chosen]
        embeddings = observations.embeddings.take(columns, 0)
        table.smooth_embeddings(rows, embeddings, config.appearance_momentum)

    def _spawn(
        self, observations: Observations, high: Mask, matching: Matching, first_id: int
    ) -> int:
        """Start tracks from unmatched detections that are no duplicates; return how many."""
        config, threshold = self._config, self._new_threshold(observations)
        spawnable = matching.free & high & (observations.relative_scores >= threshold)
        columns, matched = spawnable.nonzero()[0], (~matching.free).nonzero()[0]
        if not len(columns):
            return 0
        overlap = largest_overlap(observations, columns, matched, config.max_appearance_distance)
        distinct = overlap <= 1 - config.max_duplicate_distance
        columns, overlap = columns[distinct], overlap[distinct]
        # Tracks of the first frame are confirmed at once. The score scale is only an initial value
        # then, so the unscaled score must reach the threshold.
        certain = observations.scores >= threshold
        self._table = self._table.with_spawned(
            observations,
            columns,
            first_id=first_id,
            now=self.now,
            confirmed=self._is_first_frame & certain[columns],
            evidence=self._evidence(observations, columns)
            - OVERLAP_EVIDENCE * (overlap > OVERLAP_IOU),
        )
        return len(columns)

    def _new_threshold(self, observations: Observations) -> Array | float:
        """Return the lowest relative score, one or [M], of detections that spawn a track."""
        shift = class_shift(observations.class_ids, self._config)
        return self._config.new_track_threshold + shift

    def _evidence(self, observations: Observations, columns: Indices) -> Array:
        """Return by how much chosen detections [K] raise the evidence of their tracks."""
        threshold = self._new_threshold(observations)
        if not isinstance(threshold, float):
            threshold = threshold[columns]
        return evidence(observations.relative_scores.take(columns), threshold)
