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
   e. appearance distance, then box distance of all scores, tentative tracks.
4. Update matched tracks, spawn tracks from unmatched high-score detections, prune expired ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.tracker import kalman
from fairmot_ros.tracker.affinity import box_pairs
from fairmot_ros.tracker.assignment import assign
from fairmot_ros.tracker.boxes import WidthForm
from fairmot_ros.tracker.kalman import Motion, Spread
from fairmot_ros.tracker.measured import Measured
from fairmot_ros.tracker.pairs import NO_PAIRS, Pairs, Rows, look_distance, overlapping
from fairmot_ros.tracker.score_scale import ScoreScale
from fairmot_ros.tracker.table import (
    CLASS_ID,
    CONFIRMED,
    EVIDENCE,
    HITS,
    SCORE,
    SEEN,
    TrackTable,
    unit_length,
)
from fairmot_ros.types import Detections

if TYPE_CHECKING:
    from fairmot_ros.tracker.config import TrackerConfig

Mask = NDArray[np.bool_]

# How people move and how well boxes fit, in heights of the box, seconds and their square roots.
# Chosen on four sequences of 2DMOT15, forwards, backwards and at half and quarter rate; see
# docs/tracker.md.
MOTION = Motion(
    form=WidthForm(),
    process=Spread([0.1, 0.1, 0.016, 0.016, 0.3, 0.3, 0.45, 0.45]),
    measurement=Spread([0.055, 0.055, 0.09, 0.09]),
    first=Spread([0.15, 0.15, 0.15, 0.15, 2.4, 2.4, 1.2, 1.2]),
    integrated=True,
)
DOUBT = 2.0  # how much a score of 0 adds to the variance of a measurement, in times of it
DECAY = 1.7  # seconds in which the velocity of an unseen track falls to 37 %
NEWCOMER = 6.0  # times as unsure is the place of who was seen once, for want of a velocity
SUREST = 0.99  # scores above it, and thresholds above it, count as this in the evidence
CROWDED = 0.15  # IoU with somebody tracked, from which on a newcomer may be a part of that one
CROWDED_DOUBT = 7.0  # the more evidence such a newcomer needs
OCCLUDED = 0.3  # IoU with somebody in front, from which on a look is not believed
SMALLEST = 1.0  # pixels of width and height


class Association:
    """Tracks in the order in which they started.

    Attributes:
        settings: in force.
        table: the tracks.
        now: time of the last image in seconds.
        rate: units of time per second.
        form: of the boxes in the table.
    """

    rate = 1.0
    form = MOTION.form

    def __init__(self, settings: TrackerConfig) -> None:
        """Start without tracks."""
        self.settings = settings
        self.table = TrackTable.empty()
        self.now: float | None = None
        self._score_scale = ScoreScale()

    @property
    def visible(self) -> Rows:
        """Rows of the confirmed tracks seen in the last image."""
        return (self._confirmed & self._in_sight).nonzero()[0]

    @property
    def lost(self) -> Rows:
        """Rows of the confirmed tracks that may come back."""
        return (self._confirmed & ~self._in_sight).nonzero()[0]

    @property
    def tentative(self) -> Rows:
        """Rows of the tracks that are not believed yet."""
        return (~self._confirmed).nonzero()[0]

    @property
    def _confirmed(self) -> Mask:
        return self.table.column(CONFIRMED) > 0

    @property
    def _in_sight(self) -> Mask:
        return self.table.column(SEEN) == self.now

    def step(
        self,
        detections: Detections,
        stamp: float,
        first_id: int,
        camera_motion: NDArray[np.float64] | None,
    ) -> int:
        """Match one image's detections with the tracks.

        Args:
            detections: with embeddings of the table's size, or without.
            stamp: seconds, greater than the last one.
            first_id: of the tracks that start now.
            camera_motion: [2, 3] or None.

        Returns:
            How many tracks started.
        """
        settings, table = self.settings, self.table
        first_image = self.now is None
        found, high = self._usable(detections)
        confirmed, in_sight = self._confirmed, self._in_sight
        seconds = 0.0 if self.now is None else stamp - self.now
        if self.now is not None:
            self._predict(seconds, ~in_sight)
        self.now = stamp
        if camera_motion is not None:
            kalman.warp(table.state, camera_motion, self.form)
        unseen = stamp - table.column(SEEN)
        # However slowly images come, who was in the last one can be in this one.
        expected = confirmed & (in_sight | (unseen <= settings.lost_timeout))

        matching = _Matching(len(table), len(found))
        pairs = self._possible(found, unseen)
        high_pairs = pairs.only(high[pairs.columns])
        rows = high_pairs.rows
        looks = detections.embeddings is not None and settings.use_appearance
        if looks:
            near = high_pairs.only(expected[rows])
            matching.take(self._by_look(near, found), settings.max_appearance_distance)
        matching.take(high_pairs.only(expected[rows]), settings.max_box_distance)
        if settings.recover_low_scores:
            low_pairs = pairs.only(~high[pairs.columns] & (confirmed & in_sight)[pairs.rows])
            matching.take(low_pairs, settings.max_low_score_distance)
        if looks and settings.reid_timeout > 0:
            matching.take(
                self._long_absent(matching, found, confirmed & ~in_sight, high),
                settings.max_reid_distance,
            )
        if looks:
            newcomers = high_pairs.only(~confirmed[rows])
            matching.take(self._by_look(newcomers, found), settings.max_appearance_distance)
        matching.take(pairs.only(~confirmed[pairs.rows]), settings.max_tentative_distance)

        self._update_score_scale(matching, found, confirmed, seconds)
        self._correct(matching, found, looks)
        born = matching.free & high & (found.relative_scores >= self._new_threshold(found))
        return self._renew(found, matching, born.nonzero()[0], first_id, first_image)

    def _usable(self, detections: Detections) -> tuple[Measured, Mask]:
        """Return the detections that count, and which of them score high."""
        settings = self.settings
        boxes = detections.boxes_xyxy
        scale = self._score_scale.factor(detections.scores, settings.min_score_scale)
        scores = detections.scores
        if scale < 1:
            scores = np.minimum(scores / np.float32(scale), np.float32(1))
        shift = self._class_shift(detections.class_ids)
        lowest = settings.score_threshold
        if settings.recover_low_scores:
            lowest = settings.low_score_threshold
        rows = (
            (scores > lowest + shift) & (boxes[:, 2] > boxes[:, 0]) & (boxes[:, 3] > boxes[:, 1])
        ).nonzero()[0]
        size = self.table.embeddings.shape[1]
        found = Measured.of(detections, rows, size, self.form, scores)
        shift = self._class_shift(found.class_ids)
        high = found.relative_scores > settings.score_threshold + shift
        return found, high

    def _class_shift(self, class_ids: NDArray[np.int64]) -> NDArray[np.float64] | float:
        """Return by how much all thresholds are higher for these classes."""
        thresholds = self.settings.class_thresholds
        if not any(thresholds):
            return 0.0
        of_class = np.append(np.asarray(thresholds, np.float64), 0.0)
        own = of_class[np.minimum(class_ids, len(thresholds))]
        return np.where(own > 0, own - self.settings.score_threshold, 0.0)

    def _new_threshold(self, found: Measured) -> NDArray[np.float64] | float:
        return self.settings.new_track_threshold + self._class_shift(found.class_ids)

    def _evidence(self, found: Measured, columns: Rows) -> NDArray[np.float64]:
        """Return by how much detections raise the evidence of their tracks, see `evidence`."""
        threshold = self._new_threshold(found)
        if not isinstance(threshold, float):
            threshold = threshold[columns]
        return evidence(found.relative_scores[columns], threshold)

    def _update_score_scale(
        self, matching: _Matching, found: Measured, confirmed: Mask, seconds: float
    ) -> None:
        """Let the score scale follow the scores of confirmed tracks.

        While there are none, the highest score of the frame stands in for them: otherwise, a scale
        that is too large for a detector's scores would keep tracks from ever starting.
        """
        if confirmed.any():
            columns = matching.partner[confirmed]
            scores = found.scores[columns[columns >= 0]]
        else:
            scores = np.sort(found.scores)[-1:]
        self._score_scale.update(scores, seconds)

    def _predict(self, seconds: float, out_of_sight: Mask) -> None:
        """Move all tracks on; who is out of sight keeps size and gradually stops."""
        state = self.table.state
        rows = out_of_sight.nonzero()[0]
        if len(rows):
            state[rows, 4:6] *= np.exp(-seconds / DECAY)
            state[rows, 6:8] = 0
        MOTION.predict(state, seconds)
        np.maximum(state[:, 2:4], SMALLEST, out=state[:, 2:4])

    def _possible(self, found: Measured, unseen: NDArray[np.float64]) -> Pairs:
        """Return the pairs that place, size and class allow, at their box distance."""
        table = self.table
        if not (len(table) and len(found)):
            return NO_PAIRS
        unsure = np.where(table.column(HITS) == 1, NEWCOMER * unseen, unseen)
        pairs = box_pairs(table.state, MOTION.innovation(table.state), unsure, found)
        if self.settings.separate_classes:
            same = table.column(CLASS_ID)[pairs.rows] == found.class_ids[pairs.columns]
            pairs = pairs.only(same)
        return pairs

    def _by_look(self, pairs: Pairs, found: Measured) -> Pairs:
        """Return the pairs at their distance in appearance, with a little of that in place."""
        looks = look_distance(pairs, self.table.embeddings, found.embeddings)
        return Pairs(pairs.rows, pairs.columns, 0.98 * looks + 0.02 * pairs.cost)

    def _long_absent(
        self, matching: _Matching, found: Measured, absent: Mask, high: Mask
    ) -> Pairs:
        """Return all pairs of absent tracks and free detections, at their distance in look."""
        rows = (absent & (matching.partner < 0)).nonzero()[0]
        columns = (matching.free & high).nonzero()[0]
        if not (len(rows) and len(columns)):
            return NO_PAIRS
        pairs = Pairs(
            rows.repeat(len(columns)),
            np.tile(columns, len(rows)),
            np.zeros(len(rows) * len(columns)),
        )
        if self.settings.separate_classes:
            same = self.table.column(CLASS_ID)[pairs.rows] == found.class_ids[pairs.columns]
            pairs = pairs.only(same)
        return Pairs(
            pairs.rows,
            pairs.columns,
            look_distance(pairs, self.table.embeddings, found.embeddings),
        )

    def _correct(self, matching: _Matching, found: Measured, looks: bool) -> None:
        """Update the matched tracks."""
        rows = (matching.partner >= 0).nonzero()[0]
        if not len(rows):
            return
        assert self.now is not None
        columns = matching.partner[rows]
        numbers = self.table.numbers.take(rows, 0)
        state, places = numbers[:, : kalman.SIZE], found.centred.take(columns, 0)
        second = (numbers[:, HITS] == 1).nonzero()[0]
        if len(second):
            new = state[second]
            MOTION.loosen(new, places[second], (self.now - numbers[second, SEEN])[:, None])
            state[second] = new
        MOTION.update(state, places, 1 + DOUBT * (1 - found.relative_scores[columns]))
        numbers[:, SCORE] = found.scores[columns]
        numbers[:, SEEN] = self.now
        numbers[:, HITS] += 1
        numbers[:, EVIDENCE] += self._evidence(found, columns)
        numbers[:, CONFIRMED] = np.maximum(
            numbers[:, CONFIRMED], numbers[:, EVIDENCE] >= self.settings.confirmation_evidence
        )
        self.table.numbers[rows] = numbers
        if looks:
            self._remember(rows, columns, found)

    def _remember(self, rows: Rows, columns: Rows, found: Measured) -> None:
        """Blend looks into the memory, where they can be believed."""
        clear = self._clear(found)[columns]
        rows, columns = rows[clear], columns[clear]
        memory = self.table.embeddings
        old, new = memory.take(rows, 0), found.embeddings.take(columns, 0)
        share = np.float32(self.settings.appearance_momentum)
        memory[rows] = unit_length(share * old + (1 - share) * new)

    def _clear(self, found: Measured) -> Mask:
        """Return whose look is neither faint nor hidden by somebody in front."""
        if not self.settings.skip_occluded_appearance:
            return np.ones(len(found), np.bool_)
        clear: Mask = found.relative_scores > self.settings.score_threshold
        pairs = overlapping(found.xyxy, found.xyxy)
        bottom = found.xyxy[:, 3]
        hidden = (pairs.cost < 1 - OCCLUDED) & (bottom[pairs.rows] < bottom[pairs.columns])
        clear[pairs.rows[hidden]] = False
        return clear

    def _renew(
        self, found: Measured, matching: _Matching, born: Rows, first_id: int, first_image: bool
    ) -> int:
        """Drop what is over and start tracks from detections that nobody wanted."""
        assert self.now is not None
        settings, table = self.settings, self.table
        keep = np.where(
            table.column(CONFIRMED) > 0,
            max(settings.lost_timeout, settings.reid_timeout),
            settings.tentative_timeout,
        )
        kept = (self.now - table.column(SEEN) <= keep).nonzero()[0]
        if len(kept) < len(table):
            table = table.take(kept)
        if len(born):
            nearest = self._nearest(found, born, (~matching.free).nonzero()[0])
            apart = nearest <= 1 - settings.max_duplicate_distance
            born, nearest = born[apart], nearest[apart]
            gained = self._evidence(found, born)
            # In the first frame there are no earlier detections to ask for, but the score scale
            # is only a guess: without it, the score must reach the threshold.
            certain = found.scores >= self._new_threshold(found)
            fresh = TrackTable.of_new(
                MOTION.initiate(found.centred.take(born, 0)),
                found.class_ids[born],
                found.scores[born],
                found.embeddings.take(born, 0),
                first_id,
                self.now,
                confirmed=first_image & certain[born],
            )
            fresh.numbers[:, EVIDENCE] = gained - CROWDED_DOUBT * (nearest > CROWDED)
            table = table.joined(fresh)
        self.table = table
        return len(born)

    def _nearest(self, found: Measured, born: Rows, taken: Rows) -> NDArray[np.float64]:
        """Return the largest IoU of some detections with any that was matched and looks alike."""
        nearest = np.zeros(len(born))
        pairs = overlapping(found.xyxy[born], found.xyxy[taken])
        if found.embeddings.any():
            looks = look_distance(pairs, found.embeddings[born], found.embeddings[taken])
            pairs = pairs.only(looks < self.settings.max_appearance_distance)
        np.maximum.at(nearest, pairs.rows, 1 - pairs.cost)
        return nearest


def evidence(
    scores: NDArray[np.float32], threshold: NDArray[np.float64] | float
) -> NDArray[np.float64]:
    """Return ln((1 - threshold) / (1 - score)) of detections [N].

    It is the log ratio of two chances of being false: at the threshold, and at the score. It is
    positive for scores above the threshold and negative for those below.
    """
    limited = np.minimum(scores.astype(np.float64), SUREST)
    return np.log1p(-np.minimum(threshold, SUREST)) - np.log1p(-limited)


class _Matching:
    """Who has found whom so far in this image."""

    def __init__(self, tracks: int, detections: int) -> None:
        self.partner = np.full(tracks, -1)  # the detection of each track
        self.free = np.ones(detections, np.bool_)

    def take(self, pairs: Pairs, limit: float) -> None:
        """Match what is still alone on both sides, for less than a limit."""
        if not len(pairs.rows):
            return
        pairs = pairs.only(
            self.free[pairs.columns] & (self.partner[pairs.rows] < 0) & (pairs.cost < limit)
        )
        rows, columns = assign(pairs, limit)
        self.partner[rows] = columns
        self.free[columns] = False
