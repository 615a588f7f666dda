"""Default association: a cascade of assignment stages on motion-gated candidate pairs.

Time is in seconds, so results do not depend on the frame rate. All thresholds apply to relative
scores (see `score_scale`), so results hardly depend on the detector's scale of scores. For every
frame:

1. Predict all tracks to the frame's stamp and compensate camera motion.
2. Build candidate pairs: detections inside the motion gate of a track, with their box distance.
3. Assign in stages; a detection leaves the pool with its first match:
   a. appearance distance, confirmed tracks (FairMOT, Zhang et al. 2021, section 3.5);
   b. box distance, confirmed and lost tracks;
   c. box distance to low-score detections, tracks matched in the previous frame (BYTE, Zhang et
      al. 2022);
   d. appearance distance without gate, tracks lost for up to `reid_timeout`;
   e. appearance distance, then box distance of all scores, tentative tracks;
   f. a larger box distance, where track and detection have no other candidate and similar
      heights: tracks matched in the previous frame and tentative tracks.
4. Update matched tracks, spawn tracks from unmatched high-score detections, prune expired ones.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.tracker.associations.base import Association
from fairmot_ros.tracker.embeddings import unit_length
from fairmot_ros.tracker.matching.box_distance import gated_box_distance
from fairmot_ros.tracker.matching.candidate_pairs import (
    NO_PAIRS,
    CandidatePairs,
    Indices,
    appearance_distance,
    of_one_class,
    overlapping,
    similar,
)
from fairmot_ros.tracker.matching.matches import Matching
from fairmot_ros.tracker.matching.observations import Observations
from fairmot_ros.tracker.motion import kalman
from fairmot_ros.tracker.motion.kalman import HeightScaledNoise, MotionModel
from fairmot_ros.tracker.motion.parametrizations import XywhParametrization
from fairmot_ros.tracker.scores.scale import ScoreScale
from fairmot_ros.tracker.scores.thresholds import class_shift, evidence, relative_scores, usable
from fairmot_ros.tracker.table import TrackTable
from fairmot_ros.types import Detections

if TYPE_CHECKING:
    from fairmot_ros.tracker.config import TrackerConfig

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

#: Motion of people, with noise in box heights per (square root of) second. Chosen on four
#: sequences of 2DMOT15, forwards, backwards and at half and quarter rate; see docs/tracker.md.
MOTION = MotionModel(
    parametrization=XywhParametrization(),
    process=HeightScaledNoise([0.1, 0.1, 0.016, 0.016, 0.3, 0.3, 0.45, 0.45]),
    measurement=HeightScaledNoise([0.055, 0.055, 0.09, 0.09]),
    initial=HeightScaledNoise([0.15, 0.15, 0.15, 0.15, 2.4, 2.4, 1.2, 1.2]),
    integrated=True,
)
#: Measurement variance is scaled by ``1 + SCORE_NOISE * (1 - score)``.
SCORE_NOISE = 2.0
#: Time constant, in seconds, of the velocity decay of unmatched tracks.
VELOCITY_DECAY = 1.7
#: Factor on the unmatched time of tracks with one observation, whose velocity is unknown: it
#: enlarges their boxes in the box distance.
SINGLE_OBSERVATION_FACTOR = 6.0
#: Share of the box distance in the cost of the appearance stages.
BOX_SHARE = 0.02
#: Largest box distance of unambiguous pairs.
UNAMBIGUOUS_DISTANCE = 0.88
#: Largest ratio of the heights in an unambiguous pair.
UNAMBIGUOUS_HEIGHT_RATIO = 1.25
#: IoU with a matched detection above which a new track needs more evidence (likely a body part).
OVERLAP_IOU = 0.15
#: The additional evidence.
OVERLAP_EVIDENCE = 7.0
#: IoU with a detection in front above which a detection counts as occluded.
OCCLUSION_IOU = 0.3
#: Smallest width and height of a predicted box, in pixels.
MIN_SIZE = 1.0


@dataclass(eq=False)
class DefaultTable(TrackTable):
    """Tracks in the order in which they were spawned.

    Attributes:
        evidence: float64 [N], sum over the detections of each track; see `evidence`.
    """

    evidence: Array = field(default_factory=lambda: np.zeros(0))


class DefaultAssociation(Association):
    """See the head of this file."""

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
        return (self._table.confirmed & self._in_sight).nonzero()[0]

    @property
    def lost(self) -> Indices:
        """See `Association`."""
        return (self._table.confirmed & ~self._in_sight).nonzero()[0]

    @property
    def _in_sight(self) -> Mask:
        """Which tracks were matched in the last frame."""
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
        found = Observations.of(
            detections, indices, table.embeddings.shape[1], self.parametrization, scores
        )
        confirmed, in_sight = table.confirmed, self._in_sight
        seconds = 0.0 if self._is_first_frame else stamp - self.now
        self._predict(seconds, ~in_sight)
        self.now = stamp
        if camera_motion is not None:
            kalman.warp(table.state, camera_motion, self.parametrization)
        unmatched_time = stamp - table.seen
        # Tracks of the previous frame are continued at any frame rate.
        continued = confirmed & (in_sight | (unmatched_time <= config.lost_timeout))

        matching = Matching(len(table), len(found))
        pairs = self._candidate_pairs(found, unmatched_time)
        high_pairs = pairs.only(high.take(pairs.columns))
        rows = high_pairs.rows
        appearance = detections.embeddings is not None and config.use_appearance
        if appearance:
            gated = high_pairs.only(continued.take(rows))
            matching.assign(self._by_appearance(gated, found), config.max_appearance_distance)
        matching.assign(high_pairs.only(continued.take(rows)), config.max_box_distance)
        if config.recover_low_scores:
            recent = (confirmed & in_sight).take(pairs.rows)
            low_pairs = pairs.only(recent & ~high.take(pairs.columns))
            matching.assign(low_pairs, config.max_low_score_distance)
        if appearance and config.reid_timeout > 0:
            ungated = self._ungated_pairs(matching, found, confirmed & ~in_sight, high)
            matching.assign(ungated, config.max_reid_distance)
        if appearance:
            gated = high_pairs.only(~confirmed.take(rows))
            matching.assign(self._by_appearance(gated, found), config.max_appearance_distance)
        matching.assign(pairs.only(~confirmed.take(pairs.rows)), config.max_tentative_distance)
        waiting = (in_sight | ~confirmed).take(pairs.rows)
        matching.assign(self._unambiguous(pairs, waiting, found), UNAMBIGUOUS_DISTANCE)

        self._update_score_scale(matching, found, seconds)
        self._correct(matching, found, appearance)
        spawnable = matching.free & high & (found.relative_scores >= self._new_threshold(found))
        return self._prune_and_spawn(found, matching, spawnable.nonzero()[0], first_id)

    def _new_threshold(self, found: Observations) -> Array | float:
        return self._config.new_track_threshold + class_shift(found.class_ids, self._config)

    def _evidence(self, found: Observations, columns: Indices) -> Array:
        """Return by how much detections raise the evidence of their tracks."""
        threshold = self._new_threshold(found)
        if not isinstance(threshold, float):
            threshold = threshold[columns]
        return evidence(found.relative_scores.take(columns), threshold)

    def _update_score_scale(self, matching: Matching, found: Observations, seconds: float) -> None:
        """Update the score scale with the scores of confirmed tracks.

        While there are none, the highest score of the frame stands in for them: otherwise, a scale
        that is too large for a detector's scores would keep tracks from ever starting.
        """
        confirmed = self._table.confirmed
        if confirmed.any():
            columns = matching.partner[confirmed]
            scores = found.scores.take(columns[columns >= 0])
        else:
            scores = np.sort(found.scores)[-1:]
        self._score_scale.update(scores, seconds)

    def _predict(self, seconds: float, out_of_sight: Mask) -> None:
        """Move all tracks forward; those out of sight keep their size and slow down."""
        if self._is_first_frame:
            return
        state = self._table.state
        rows = out_of_sight.nonzero()[0]
        if len(rows):
            state[kalman.V][:2, rows] *= np.exp(-seconds / VELOCITY_DECAY)
            state[kalman.V][2:, rows] = 0
        MOTION.predict(state, seconds)
        np.maximum(state[kalman.P, 2:], MIN_SIZE, out=state[kalman.P, 2:])

    def _candidate_pairs(self, found: Observations, unmatched_time: Array) -> CandidatePairs:
        """Return the pairs inside the motion gate, at their box distance."""
        table = self._table
        if not (len(table) and len(found)):
            return NO_PAIRS
        uncertain = np.where(
            table.hits == 1, SINGLE_OBSERVATION_FACTOR * unmatched_time, unmatched_time
        )
        innovation = MOTION.innovation(table.state)
        return self._of_one_class(
            gated_box_distance(table.state, innovation, uncertain, found), found
        )

    def _of_one_class(self, pairs: CandidatePairs, found: Observations) -> CandidatePairs:
        if not self._config.separate_classes:
            return pairs
        return of_one_class(pairs, self._table.class_ids, found.class_ids)

    def _unambiguous(
        self, pairs: CandidatePairs, eligible: Mask, found: Observations
    ) -> CandidatePairs:
        """Return the eligible pairs of similar height without a rival below the threshold.

        Noisy boxes at a low frame rate often overlap little with the prediction. Where nothing
        else is near, the height tells whether the detection fits.

        Args:
            pairs: all candidate pairs, matched ones among them.
            eligible: [K], which pairs to return.
            found: the detections.
        """
        near = pairs.cost < UNAMBIGUOUS_DISTANCE
        pairs, eligible = pairs.only(near), eligible[near]
        rows, columns, _ = pairs
        eligible &= (np.bincount(rows)[rows] == 1) & (np.bincount(columns)[columns] == 1)
        pairs = pairs.only(eligible)
        heights = self._table.state[kalman.P, kalman.HEIGHT].take(pairs.rows)
        ratio = heights / found.measurements[kalman.HEIGHT].take(pairs.columns)
        return pairs.only(np.maximum(ratio, 1 / ratio) < UNAMBIGUOUS_HEIGHT_RATIO)

    def _by_appearance(self, pairs: CandidatePairs, found: Observations) -> CandidatePairs:
        """Return the pairs at their appearance distance, plus a small share of box distance."""
        distance = appearance_distance(pairs, self._table.embeddings, found.embeddings)
        cost = (1 - BOX_SHARE) * distance + BOX_SHARE * pairs.cost
        return CandidatePairs(pairs.rows, pairs.columns, cost)

    def _ungated_pairs(
        self, matching: Matching, found: Observations, lost: Mask, high: Mask
    ) -> CandidatePairs:
        """Return the pairs of lost tracks and free detections that may be the same person."""
        rows = (lost & (matching.partner < 0)).nonzero()[0]
        columns = (matching.free & high).nonzero()[0]
        if not (len(rows) and len(columns)):
            return NO_PAIRS
        embeddings = self._table.embeddings, found.embeddings
        pairs = similar(rows, columns, *embeddings, self._config.max_reid_distance)
        return self._of_one_class(pairs, found)

    def _correct(self, matching: Matching, found: Observations, appearance: bool) -> None:
        """Update the matched tracks."""
        rows = (matching.partner >= 0).nonzero()[0]
        if not len(rows):
            return
        table, columns = self._table, matching.partner.take(rows)
        state, measurements = table.state.take(rows, 2), found.measurements.take(columns, 1)
        second = (table.hits.take(rows) == 1).nonzero()[0]
        if len(second):
            inflated = state.take(second, 2)
            MOTION.inflate_velocity_variance(
                inflated,
                measurements.take(second, 1),
                self.now - table.seen.take(rows.take(second)),
            )
            state[:, :, second] = inflated
        noise_scale = 1 + SCORE_NOISE * (1 - found.relative_scores.take(columns))
        MOTION.update(state, measurements, noise_scale)
        table.state[:, :, rows] = state
        table.scores[rows] = found.scores.take(columns)
        table.seen[rows] = self.now
        table.hits[rows] += 1
        table.evidence[rows] += self._evidence(found, columns)
        table.confirmed[rows] |= table.evidence.take(rows) >= self._config.confirmation_evidence
        if appearance:
            self._update_embeddings(rows, columns, found)

    def _update_embeddings(self, rows: Indices, columns: Indices, found: Observations) -> None:
        """Blend embeddings into those of the tracks, except unreliable ones."""
        reliable = self._unoccluded(found)[columns]
        rows, columns = rows[reliable], columns[reliable]
        embeddings = self._table.embeddings
        momentum = np.float32(self._config.appearance_momentum)
        old, new = embeddings.take(rows, 0), found.embeddings.take(columns, 0)
        embeddings[rows] = unit_length(momentum * old + (1 - momentum) * new)

    def _unoccluded(self, found: Observations) -> Mask:
        """Return which detections have a high score and no other detection in front."""
        if not self._config.skip_occluded_appearance:
            return np.ones(len(found), np.bool_)
        unoccluded: Mask = found.relative_scores > self._config.score_threshold
        pairs = overlapping(found.xyxy, found.xyxy, exact=False)
        bottom = found.xyxy[3]
        # Of two people on the same floor, the one whose feet are lower in the image is nearer.
        behind = bottom.take(pairs.rows) < bottom.take(pairs.columns)
        unoccluded[pairs.rows[behind & (pairs.cost < 1 - OCCLUSION_IOU)]] = False
        return unoccluded

    def _prune_and_spawn(
        self, found: Observations, matching: Matching, columns: Indices, first_id: int
    ) -> int:
        """Drop tracks whose time is over and start tracks from these detections."""
        config, table = self._config, self._table
        timeout = np.where(
            table.confirmed,
            max(config.lost_timeout, config.reid_timeout),
            config.tentative_timeout,
        )
        kept = (self.now - table.seen <= timeout).nonzero()[0]
        if len(kept) < len(table):
            table = table.take(kept)
        if len(columns):
            overlap = self._largest_overlap(found, columns, (~matching.free).nonzero()[0])
            distinct = overlap <= 1 - config.max_duplicate_distance
            columns, overlap = columns[distinct], overlap[distinct]
            # The first frame has no earlier detections to ask for, but the score scale is only an
            # initial value: without the scale, the score must reach the threshold.
            certain = found.scores >= self._new_threshold(found)
            spawned = DefaultTable.spawned(
                MOTION.initiate(found.measurements.take(columns, 1)),
                class_ids=found.class_ids.take(columns),
                scores=found.scores.take(columns),
                embeddings=found.embeddings.take(columns, 0),
                first_id=first_id,
                now=self.now,
                confirmed=self._is_first_frame & certain[columns],
                evidence=self._evidence(found, columns)
                - OVERLAP_EVIDENCE * (overlap > OVERLAP_IOU),
            )
            table = table.joined(spawned)
        self._table = table
        self._is_first_frame = False
        return len(columns)

    def _largest_overlap(self, found: Observations, columns: Indices, matched: Indices) -> Array:
        """Return the largest IoU of detections with any matched one of similar appearance."""
        largest = np.zeros(len(columns))
        pairs = overlapping(found.xyxy.take(columns, 1), found.xyxy.take(matched, 1), exact=False)
        if found.embeddings.any():
            distance = appearance_distance(
                pairs, found.embeddings.take(columns, 0), found.embeddings.take(matched, 0)
            )
            pairs = pairs.only(distance < self._config.max_appearance_distance)
        np.maximum.at(largest, pairs.rows, 1 - pairs.cost)
        return largest
