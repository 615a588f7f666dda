"""Reference association: the published algorithms, result for result.

FairMOT's (Zhang et al. 2021, section 3.5) and the two of ByteTrack's FairMOT tutorial (Zhang et
al. 2022). Time is a count of frames. Unintended effects of the authors' code are reproduced. For
every frame:

1. Predict confirmed and lost tracks; tentative ones stay where they are.
2. Assign in stages; a detection leaves the pool with its first match:
   a. appearance and motion (or boxes, in 'byte'), confirmed and lost tracks;
   b. boxes, confirmed tracks that were matched in the previous frame (not in 'byte');
   c. boxes of low-score detections, the same tracks (not in 'fairmot');
   d. boxes, tentative tracks.
3. Update matched tracks; spawn tracks from unmatched detections; drop tentative tracks without a
   match, expired tracks and duplicates.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.boxes import CYTHON_BBOX_PIXEL as PIXEL
from fairmot_ros.boxes import paired_iou
from fairmot_ros.tracker.associations.base import Association
from fairmot_ros.tracker.associations.reference_settings import ReferenceSettings
from fairmot_ros.tracker.embeddings import scale_to_unit_length
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
from fairmot_ros.tracker.motion.kalman import REFERENCE
from fairmot_ros.tracker.table import TrackTable
from fairmot_ros.types import Detections

if TYPE_CHECKING:
    from fairmot_ros.tracker.config import TrackerConfig

Mask = NDArray[np.bool_]

#: Share of the squared Mahalanobis distance in the cost of the first stage.
MOTION_SHARE = 0.02
#: Largest costs of the further stages, and of two boxes that count as duplicates (all 1 - IoU).
BOX_THRESHOLD, LOW_SCORE_THRESHOLD, TENTATIVE_THRESHOLD, DUPLICATE_THRESHOLD = 0.5, 0.4, 0.7, 0.15
#: Lowest score of a detection that can continue a track.
LOW_SCORE = 0.2
#: Share of the previous embedding in the smoothed one.
MOMENTUM = 0.9


@dataclass(eq=False)
class ReferenceTable(TrackTable):
    """Tracks in the authors' order: tracked ones, tentative ones among them, then lost ones.

    Attributes:
        expired: bool [N], whether the lifetime of a lost track was exceeded. As in the authors'
            code, the track can still be matched in the next frame; it is dropped at its next miss.
    """

    expired: Mask = field(default_factory=lambda: np.zeros(0, np.bool_))


class ReferenceAssociation(Association):
    """See the head of this file."""

    needs_stamp = False
    estimates_camera_motion = False
    parametrization = REFERENCE.parametrization

    def __init__(self, config: TrackerConfig) -> None:
        """Start without tracks."""
        self._settings = ReferenceSettings.of(config)
        self.rate = float(self._settings.frame_rate)
        self.now = 0.0
        self.requires_embeddings = self.stores_embeddings = self._settings.uses_embeddings
        self._table = ReferenceTable.empty()
        self._tracked = 0  # number of tracked tracks in the table
        self._one_class = True  # in the present frame

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
                'the frame rate of the reference and its use of embeddings cannot change while '
                'tracking; make a new Tracker'
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
        found, high = self._observations(detections)
        tentative = self.tentative
        self._predict(tentative, camera_motion)
        self._one_class = not (
            np.count_nonzero(table.class_ids) or np.count_nonzero(detections.class_ids)
        )

        matching = Matching(len(table), len(found))
        matching.free[high:] = False
        waiting = table.confirmed.copy()
        matching.assign(self._first_pairs(found, waiting, matching), settings.first_threshold)
        unmatched = waiting[:tracked] & (matching.partner[:tracked] < 0)
        rows = unmatched.nonzero()[0]
        boxes = self._box_pairs(np.concatenate((rows, tentative)), found, matching)
        if settings.uses_embeddings:
            matching.assign(boxes.only(waiting.take(boxes.rows)), BOX_THRESHOLD)
        if settings.uses_low_scores:
            rows = rows[matching.partner.take(rows) < 0]
            low = Matching(len(table), len(found))
            low.free[:high] = False
            low.assign(self._box_pairs(rows, found, low), LOW_SCORE_THRESHOLD)
            matching.partner[rows] = low.partner.take(rows)
        matching.assign(boxes.only(~waiting.take(boxes.rows)), TENTATIVE_THRESHOLD)

        columns = (matching.free & (found.scores >= settings.new_track_threshold)).nonzero()[0]
        spawned = self._spawn(found, columns, first_id) if len(columns) else None
        self._rebuild(found, matching.partner, spawned)
        return len(columns)

    def _observations(self, detections: Detections) -> tuple[Observations, int]:
        """Return the usable detections, and how many of them, the first, have a high score."""
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
        """Move all tracks forward by a frame except tentative ones."""
        state = self._table.state
        before = state.take(tentative, 2)
        state[kalman.V, kalman.HEIGHT, self._tracked :] = 0
        REFERENCE.predict(state, 1.0)
        if len(tentative):
            state[:, :, tentative] = before
        if camera_motion is not None:
            kalman.warp(state, camera_motion, self.parametrization)

    def _first_pairs(
        self, found: Observations, waiting: Mask, matching: Matching
    ) -> CandidatePairs:
        """Return the pairs of the first stage."""
        table = self._table
        if not self._settings.uses_embeddings:
            return self._box_pairs(waiting.nonzero()[0], found, matching)
        high = int(np.count_nonzero(matching.free))  # the first ones
        measurements = found.measurements[:, :high]
        state = table.state
        pairs = within_gate(
            state[kalman.P], REFERENCE.innovation(state), measurements, kalman.GATE
        )
        if np.count_nonzero(waiting) < len(waiting):
            pairs = pairs.only(waiting.take(pairs.rows))
        pairs = self._of_one_class(pairs, found)
        distance = reference_appearance_distance(pairs, table.embeddings, found.embeddings)
        cost = (1 - MOTION_SHARE) * distance + MOTION_SHARE * pairs.cost
        return CandidatePairs(pairs.rows, pairs.columns, cost)

    def _box_pairs(self, rows: Indices, found: Observations, matching: Matching) -> CandidatePairs:
        """Return the pairs of some tracks and all free detections whose boxes overlap."""
        columns = matching.free.nonzero()[0]
        if not (len(rows) and len(columns)):
            return NO_PAIRS
        boxes = self.parametrization.to_xyxy(self._table.state[kalman.P].take(rows, 1))
        pairs = overlapping(boxes, found.xyxy.take(columns, 1), PIXEL)
        pairs = CandidatePairs(rows.take(pairs.rows), columns.take(pairs.columns), pairs.cost)
        return self._of_one_class(pairs, found)

    def _of_one_class(self, pairs: CandidatePairs, found: Observations) -> CandidatePairs:
        if self._one_class:
            return pairs
        return of_one_class(pairs, self._table.class_ids, found.class_ids)

    def _spawn(self, found: Observations, columns: Indices, first_id: int) -> ReferenceTable:
        """Return new tracks; those of the first frame are confirmed."""
        return ReferenceTable.spawned(
            REFERENCE.initiate(found.measurements.take(columns, 1)),
            class_ids=found.class_ids.take(columns),
            scores=found.scores.take(columns),
            embeddings=found.embeddings.take(columns, 0),
            first_id=first_id,
            now=self.now,
            confirmed=np.full(len(columns), self.now == 1),
            expired=np.zeros(len(columns), np.bool_),
        )

    def _rebuild(
        self, found: Observations, partner: Indices, spawned: ReferenceTable | None
    ) -> None:
        """Put the tracks into their new order, update the matched ones and drop others.

        Args:
            found: the detections of the frame.
            partner: [N], the detection of each track, -1 for none.
            spawned: new tracks.
        """
        old, tracked = self._table, self._tracked
        if not len(old):
            if spawned is not None:
                self._table, self._tracked = spawned, len(spawned)
            return
        is_matched = partner >= 0
        is_lost = ~is_matched & old.confirmed & ~old.expired
        kept = int(np.count_nonzero(is_matched[:tracked]))  # the others were lost
        just_lost = int(np.count_nonzero(is_lost[:tracked]))
        matched, unmatched = is_matched.nonzero()[0], is_lost.nonzero()[0]
        room = np.zeros(0 if spawned is None else len(spawned), np.int64)
        visible = np.concatenate((matched[:kept], room, matched[kept:]))
        order = np.concatenate((visible, unmatched[just_lost:], unmatched[:just_lost]))
        self._table, self._tracked = table, tracked = old.take(order), len(visible)
        self._correct(found, partner.take(visible), kept)
        if spawned is not None:
            table.overwrite(kept, spawned)
        still_lost = slice(tracked, len(table) - just_lost)
        lost_for = self.now - table.seen[still_lost]
        table.expired[still_lost] = lost_for > self._settings.lost_timeout
        if len(unmatched):
            self._drop_duplicates()

    def _correct(self, found: Observations, columns: Indices, kept: int) -> None:
        """Update the visible tracks, the first K of the table.

        Args:
            found: the detections of the frame.
            columns: [K], the detection of each track.
            kept: number of tracks, the first ones, that were not lost.
        """
        table, count = self._table, len(columns)
        if not count:
            return
        REFERENCE.update(table.state[:, :, :count], found.measurements.take(columns, 1))
        # FairMOT does not update the score of a lost track that is matched again.
        scored = kept if self._settings.variant == 'fairmot' else count
        table.scores[:scored] = found.scores.take(columns[:scored])
        table.confirmed[:count] = True
        table.seen[:count] = self.now
        table.hits[:count] += 1
        if table.embeddings.shape[1]:
            smoothed = table.embeddings[:count]
            smoothed *= np.float32(MOMENTUM)
            smoothed += np.float32(1 - MOMENTUM) * found.embeddings.take(columns, 0)
            scale_to_unit_length(smoothed)

    def _drop_duplicates(self) -> None:
        """Of a tracked and a lost track at the same place, keep the one matched for longer."""
        table, tracked = self._table, self._tracked
        x, y, aspect, height = table.state[kalman.P]
        # The centres of duplicates are nearer than this share of the size of either; mostly, none
        # are.
        share = DUPLICATE_THRESHOLD / (1 - DUPLICATE_THRESHOLD) + 1e-9
        reach_x = share * (aspect[tracked:] * height[tracked:] + PIXEL)
        rows, columns = (np.abs(x[:tracked, None] - x[tracked:]) <= reach_x).nonzero()
        if not len(rows):
            return
        columns += tracked
        reach_y = share * (height.take(columns) + PIXEL)
        near = (np.abs(y.take(rows) - y.take(columns)) <= reach_y).nonzero()[0]
        if not len(near):
            return
        boxes = self.parametrization.to_xyxy(table.state[kalman.P])
        rows, columns = rows.take(near), columns.take(near)
        distance = 1 - paired_iou((rows, columns), boxes, boxes, PIXEL)
        duplicates = (distance < DUPLICATE_THRESHOLD).nonzero()[0]
        if not len(duplicates):
            return
        rows, columns = rows[duplicates], columns[duplicates]
        life = table.seen - table.started
        tracked_wins = life[rows] > life[columns]
        keep = np.ones(len(table), np.bool_)
        keep[rows[~tracked_wins]] = False
        keep[columns[tracked_wins]] = False
        self._tracked = int(np.count_nonzero(keep[:tracked]))
        self._table = table.take(keep.nonzero()[0])
