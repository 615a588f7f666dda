"""The published association, result for result.

FairMOT's (Zhang et al. 2021, section 3.5) and the two of ByteTrack's FairMOT tutorial (Zhang et
al. 2022). Time is counted in calls, and what the authors' code does unintentionally is kept.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.boxes import CYTHON_BBOX_PIXEL as PIXEL
from fairmot_ros.tracker import kalman
from fairmot_ros.tracker.assignment import assign
from fairmot_ros.tracker.kalman import PUBLISHED
from fairmot_ros.tracker.measured import Measured
from fairmot_ros.tracker.pairs import (
    NO_PAIRS,
    Pairs,
    Rows,
    cosine_distance,
    of_one_class,
    overlapping,
    within_gate,
)
from fairmot_ros.tracker.table import (
    CLASS_ID,
    CONFIRMED,
    DOOMED,
    HITS,
    SCORE,
    SEEN,
    STARTED,
    TrackTable,
    unit_length,
)
from fairmot_ros.types import Detections

VARIANTS = ('fairmot', 'byte_reid', 'byte')
FORM = PUBLISHED.form
MOTION_SHARE = 0.02  # of the squared Mahalanobis distance in the first cost
SECOND_LIMIT, LOW_LIMIT, TENTATIVE_LIMIT, DUPLICATE_LIMIT = 0.5, 0.4, 0.7, 0.15
LOW_SCORE = 0.2
MOMENTUM = 0.9  # of the smoothed embedding


@dataclass(frozen=True)
class PublishedSettings:
    """Parameters of the authors' code, under its names but for `score_threshold` (conf_thres).

    Attributes:
        frame_rate: of the sequence; scales the life of lost tracks.
        track_buffer: life of a lost track in frames at 30 per second.
        score_threshold: detections above it can be matched with any track.
        variant: 'fairmot' associates by appearance and motion, 'byte_reid' also recovers
            tracks with detections of low score, 'byte' uses boxes alone.
    """

    frame_rate: float = 30.0
    track_buffer: float = 30.0
    score_threshold: float = 0.4
    variant: str = 'fairmot'

    def __post_init__(self) -> None:
        if self.variant not in VARIANTS:
            raise ValueError(f'variant must be one of {VARIANTS}, got {self.variant!r}')
        if not (math.isfinite(self.track_buffer) and self.track_buffer >= 0):
            raise ValueError(f'track_buffer must be a number >= 0, got {self.track_buffer}')
        if not (math.isfinite(self.frame_rate) and self.frame_rate > 0):
            raise ValueError(f'frame_rate must be positive, got {self.frame_rate}')
        if not 0.0 <= self.score_threshold <= 1.0:
            raise ValueError(f'score_threshold must be within 0..1, got {self.score_threshold}')

    @property
    def uses_embeddings(self) -> bool:
        """Whether detections need embeddings."""
        return self.variant != 'byte'

    @property
    def uses_low_scores(self) -> bool:
        """Whether detections below `score_threshold` can continue a track."""
        return self.variant != 'fairmot'

    @property
    def first_limit(self) -> float:
        """Largest cost in the first association."""
        return 0.4 if self.uses_embeddings else 0.8

    @property
    def new_track_threshold(self) -> float:
        """Lowest score of a detection that starts a track."""
        return self.score_threshold + (0.1 if self.uses_low_scores else 0.0)

    @property
    def lost_timeout(self) -> int:
        """Calls after which a lost track is doomed."""
        return int(self.frame_rate / 30.0 * self.track_buffer)


class PublishedAssociation:
    """Tracks in the authors' order: tracked ones (tentative ones among them), then lost ones.

    Attributes:
        settings: in force.
        table: the tracks.
        now: calls so far.
        rate: calls per second.
    """

    def __init__(self, settings: PublishedSettings) -> None:
        """Start without tracks."""
        self.settings = settings
        self.table = TrackTable.empty()
        self.now = 0.0
        self.rate = float(settings.frame_rate)
        self.form = FORM
        self._tracked = 0
        self._one_class = True  # in the present image

    @property
    def visible(self) -> Rows:
        """Rows of the confirmed tracks seen in the last call."""
        return self.table.column(CONFIRMED)[: self._tracked].nonzero()[0]

    @property
    def lost(self) -> Rows:
        """Rows of the tracks that may come back; what the authors call removed is left out."""
        doomed = self.table.column(DOOMED)[self._tracked :]
        return self._tracked + (doomed == 0).nonzero()[0]

    @property
    def tentative(self) -> Rows:
        """Rows of the tracks seen once."""
        return (self.table.column(CONFIRMED)[: self._tracked] == 0).nonzero()[0]

    def step(
        self, detections: Detections, first_id: int, camera_motion: NDArray[np.float64] | None
    ) -> int:
        """Match one image's detections with the tracks.

        Args:
            detections: with embeddings of the table's size, unless boxes alone are used.
            first_id: of the tracks that start now.
            camera_motion: [2, 3] or None.

        Returns:
            How many tracks started.
        """
        settings, table, tracked = self.settings, self.table, self._tracked
        self.now += 1
        high, low = self._by_score(detections)
        tentative = self.tentative
        self._predict(tentative, camera_motion)
        self._one_class = not (table.column(CLASS_ID).any() or detections.class_ids.any())

        partner = np.full(len(table), -1)  # the detection of each track
        free = np.ones(len(high), np.bool_)
        waiting = np.ones(len(table), np.bool_)
        waiting[tentative] = False
        # 1. All confirmed and lost tracks, by appearance and motion (or boxes alone).
        self._match(self._first_pairs(waiting, high), settings.first_limit, partner, free)
        found_again = partner[tracked:] >= 0
        waiting[tracked:] = False
        waiting &= partner < 0
        # 2. What was tracked until now, by boxes.
        unseen = waiting.nonzero()[0]
        boxes = self._box_pairs(np.concatenate((unseen, tentative)), high, free)
        if settings.uses_embeddings:
            self._match(boxes.only(waiting[boxes.rows]), SECOND_LIMIT, partner, free)
            unseen = unseen[partner[unseen] < 0]
        # 3. BYTE: what is still unseen, with detections of low score.
        if low is not None:
            low_partner, low_free = np.full(len(table), -1), np.ones(len(low), np.bool_)
            self._match(self._box_pairs(unseen, low, low_free), LOW_LIMIT, low_partner, low_free)
            self._correct(low_partner, low)
            unseen = unseen[low_partner[unseen] < 0]
        # 4. A second sight confirms a tentative track, otherwise it is dropped.
        boxes = boxes.only(~waiting[boxes.rows] & free[boxes.columns])
        self._match(boxes, TENTATIVE_LIMIT, partner, free)
        dropped = tentative[partner[tentative] < 0]
        self._correct(partner, high)

        born = (free & (high.scores >= settings.new_track_threshold)).nonzero()[0]
        self._rebuild(found_again, unseen, dropped, self._start(high, born, first_id))
        return len(born)

    def _by_score(self, detections: Detections) -> tuple[Measured, Measured | None]:
        """Return the detections above the threshold, and the low ones of the byte variants."""
        size, threshold = self.table.embeddings.shape[1], self.settings.score_threshold
        scores, boxes = detections.scores, detections.boxes_xyxy
        usable = (boxes[:, 2] > boxes[:, 0]) & (boxes[:, 3] > boxes[:, 1])
        high = Measured.of(detections, (usable & (scores > threshold)).nonzero()[0], size, FORM)
        if not self.settings.uses_low_scores:
            return high, None
        low = usable & (scores > min(LOW_SCORE, threshold)) & (scores < threshold)
        return high, Measured.of(detections, low.nonzero()[0], size, FORM)

    def _predict(self, tentative: Rows, camera_motion: NDArray[np.float64] | None) -> None:
        """Move all tracks on by a frame but the tentative ones, which the authors leave."""
        state = self.table.state
        before = state[tentative]
        state[self._tracked :, kalman.V.start + kalman.HEIGHT] = 0
        PUBLISHED.predict(state, 1.0)
        state[tentative] = before
        if camera_motion is not None:
            kalman.warp(state, camera_motion, FORM)

    def _first_pairs(self, waiting: NDArray[np.bool_], high: Measured) -> Pairs:
        table = self.table
        if not self.settings.uses_embeddings:
            pairs = overlapping(self._boxes(slice(None)), high.xyxy, PIXEL)
            return self._of_one_class(pairs.only(waiting[pairs.rows]), high)
        state = table.state
        pairs = within_gate(
            state[:, kalman.P], PUBLISHED.innovation(state), high.centred, kalman.GATE
        )
        pairs = self._of_one_class(pairs.only(waiting[pairs.rows]), high)
        looks = cosine_distance(pairs, table.embeddings, high.embeddings)
        cost = (1 - MOTION_SHARE) * looks + MOTION_SHARE * pairs.cost
        return Pairs(pairs.rows, pairs.columns, cost)

    def _box_pairs(self, rows: Rows, measured: Measured, free: NDArray[np.bool_]) -> Pairs:
        columns = free.nonzero()[0]
        if not (len(rows) and len(columns)):
            return NO_PAIRS
        pairs = overlapping(self._boxes(rows), measured.xyxy.take(columns, 0), PIXEL)
        pairs = Pairs(rows[pairs.rows], columns[pairs.columns], pairs.cost)
        return self._of_one_class(pairs, measured)

    def _boxes(self, rows: Rows | slice) -> NDArray[np.float64]:
        return FORM.to_xyxy(self.table.numbers[rows, kalman.P])

    def _of_one_class(self, pairs: Pairs, measured: Measured) -> Pairs:
        if self._one_class:
            return pairs
        return of_one_class(pairs, self.table.column(CLASS_ID), measured.class_ids)

    @staticmethod
    def _match(pairs: Pairs, limit: float, partner: Rows, free: NDArray[np.bool_]) -> None:
        rows, columns = assign(pairs, limit)
        partner[rows] = columns
        free[columns] = False

    def _correct(self, partner: Rows, measured: Measured) -> None:
        """Update the matched tracks."""
        rows = (partner >= 0).nonzero()[0]
        if not len(rows):
            return
        columns = partner[rows]
        numbers, embeddings = self.table.numbers.take(rows, 0), self.table.embeddings
        PUBLISHED.update(numbers[:, : kalman.SIZE], measured.centred.take(columns, 0))
        # FairMOT leaves the score of a track found again as it was.
        scored = rows < self._tracked if self.settings.variant == 'fairmot' else slice(None)
        numbers[scored, SCORE] = measured.scores[columns][scored]
        numbers[:, CONFIRMED] = 1
        numbers[:, SEEN] = self.now
        numbers[:, HITS] += 1
        self.table.numbers[rows] = numbers
        if embeddings.shape[1]:
            looks = embeddings.take(rows, 0) * np.float32(MOMENTUM)
            looks += np.float32(1 - MOMENTUM) * measured.embeddings.take(columns, 0)
            embeddings[rows] = unit_length(looks)

    def _start(self, measured: Measured, columns: Rows, first_id: int) -> TrackTable | None:
        if not len(columns):
            return None
        # In the first image there is nothing to compare with: all are believed.
        return TrackTable.of_new(
            PUBLISHED.initiate(measured.centred.take(columns, 0)),
            measured.class_ids[columns],
            measured.scores[columns],
            measured.embeddings.take(columns, 0),
            first_id,
            self.now,
            confirmed=self.now == 1,
        )

    def _rebuild(
        self,
        found_again: NDArray[np.bool_],
        lost_now: Rows,
        dropped: Rows,
        born: TrackTable | None,
    ) -> None:
        """Sort the rows into tracked and lost ones, and drop what is over."""
        tracked, old = self._tracked, self.table
        kept = np.ones(tracked, np.bool_)
        kept[lost_now] = False
        kept[dropped] = False
        table = old if born is None else old.joined(born)
        new_rows = np.arange(len(old), len(table))
        lost_before = tracked + (~found_again).nonzero()[0]
        lost = np.concatenate((lost_before, lost_now))
        rows = np.concatenate((kept.nonzero()[0], new_rows, tracked + found_again.nonzero()[0]))
        if len(lost):
            # As published, a track whose time is over can still be found in one more image,
            # and is then dropped at its next miss.
            numbers = table.numbers
            lost = lost[numbers[lost, DOOMED] == 0]
            expired = lost_before[
                self.now - numbers[lost_before, SEEN] > self.settings.lost_timeout
            ]
            numbers[expired, DOOMED] = 1
            rows, lost = self._without_duplicates(table, rows, lost)
        self._tracked = len(rows)
        self.table = table.take(np.concatenate((rows, lost)))

    @staticmethod
    def _without_duplicates(table: TrackTable, tracked: Rows, lost: Rows) -> tuple[Rows, Rows]:
        """Of a tracked and a lost track in the same place, keep the one seen for longer."""
        x, y, aspect, height = table.numbers[:, kalman.P].T
        # Boxes that overlap so much have their centres near each other; mostly, none have.
        reach_x = DUPLICATE_LIMIT * ((aspect * height).max() + PIXEL)
        reach_y = DUPLICATE_LIMIT * (height.max() + PIXEL)
        near = np.abs(x[tracked][:, None] - x[lost]) <= reach_x
        near &= np.abs(y[tracked][:, None] - y[lost]) <= reach_y
        if not near.any():
            return tracked, lost
        boxes = FORM.to_xyxy(table.numbers[:, kalman.P])
        pairs = overlapping(boxes.take(tracked, 0), boxes.take(lost, 0), PIXEL)
        p, q, _ = pairs.only(pairs.cost < DUPLICATE_LIMIT)
        if not len(p):
            return tracked, lost
        life = table.column(SEEN) - table.column(STARTED)
        tracked_wins = life[tracked[p]] > life[lost[q]]
        keep_tracked, keep_lost = np.ones(len(tracked), np.bool_), np.ones(len(lost), np.bool_)
        keep_tracked[p[~tracked_wins]] = False
        keep_lost[q[tracked_wins]] = False
        return tracked[keep_tracked], lost[keep_lost]
