"""FairMOT's online association (Zhang et al. 2021, section 3.5), over arrays of tracks."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fairmot_ros.tracker import kalman
from fairmot_ros.tracker.assignment import assign
from fairmot_ros.tracker.boxes import xywh_to_xyah, xywh_to_xyxy, xyxy_to_xywh
from fairmot_ros.tracker.config import TrackerConfig
from fairmot_ros.tracker.distances import (
    cosine_distance,
    forbid_other_classes,
    fuse_motion,
    iou_distance,
)
from fairmot_ros.tracker.gallery import Gallery
from fairmot_ros.tracker.reunion import People, Reunion
from fairmot_ros.tracker.snapshot import snapshots
from fairmot_ros.tracker.table import TrackTable, unit_length
from fairmot_ros.types import Detections, Track, TrackState

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class _Measured:
    """Detections in the forms that the steps need, row by row."""

    xyxy: NDArray[np.float64]
    xyah: NDArray[np.float64]
    scores: NDArray[np.float32]
    class_ids: NDArray[np.int64]
    embeddings: NDArray[np.float32]

    @staticmethod
    def of(detections: Detections, embedding_size: int) -> _Measured:
        xywh = xyxy_to_xywh(detections.boxes_xyxy)
        embeddings = detections.embeddings if embedding_size else None
        if embeddings is None:
            embeddings = np.zeros((len(detections), embedding_size), np.float32)
        return _Measured(
            xywh_to_xyxy(xywh), xywh_to_xyah(xywh), detections.scores, detections.class_ids,
            unit_length(embeddings),
        )


class Tracker:
    """Gives detections of one camera lasting identities.

    Attributes:
        config: the settings in force.
    """

    def __init__(self, config: TrackerConfig | None = None, *, last_id: int = 0,
                 gallery: Gallery | None = None) -> None:
        """Start without tracks.

        Args:
            config: the settings.
            last_id: the first id will be one more.
            gallery: remembers those who leave; who comes back gets the old id.

        Raises:
            ValueError: if there is a gallery, but no embeddings to fill it.
        """
        self.config = config or TrackerConfig()
        if gallery is not None and not self.config.uses_embeddings:
            raise ValueError('a gallery needs embeddings, which these settings do not use')
        self._reunion = None if gallery is None else Reunion(gallery)
        self._last_id = last_id
        self._clear()

    def _clear(self) -> None:
        # Rows are the tracked ones first (tentative ones among them), then the lost ones.
        self._table = TrackTable.empty()
        self._tracked = 0
        self._updates = 0
        self._now = 0.0  # in frames
        self._last_stamp: float | None = None
        if self._reunion is not None:
            self._reunion.restart()

    @property
    def last_id(self) -> int:
        """The highest id given so far, 0 before the first."""
        return self._last_id

    def reset(self) -> None:
        """Drop all tracks; ids go on counting."""
        self._clear()

    def reconfigure(self, config: TrackerConfig) -> None:
        """Change the settings and keep the tracks.

        Raises:
            ValueError: if the new settings need other data or another clock than the old.
        """
        for name in ('frame_rate', 'uses_embeddings'):
            if getattr(config, name) != getattr(self.config, name):
                raise ValueError(f'{name} cannot change while tracking; make a new Tracker')
        self.config = config

    def update(
        self,
        detections: Detections,
        stamp: float | None = None,
        image: NDArray[np.uint8] | None = None,
        camera_motion: ArrayLike | None = None,
    ) -> list[Track]:
        """Match one image's detections with the tracks.

        Args:
            detections: of any scores; low ones are sorted out here.
            stamp: the image's time in seconds, greater than the last one's. Not needed where
                the settings give a frame rate.
            image: uint8 BGR; not used by the present settings.
            camera_motion: [2, 3], maps pixels of the previous image to this one.

        Returns:
            The confirmed tracks that were seen in this image, oldest first; those found
            again after being lost come last.

        Raises:
            ValueError: if the stamp is missing or does not increase, embeddings are missing
                or of another size, or the camera motion has another shape.
        """
        self._check_embeddings(detections)
        motion = None if camera_motion is None else _check_motion(camera_motion)
        frames = self._advance(stamp)
        config, table = self.config, self._table
        tracked = self._tracked
        high, low = self._split_by_score(detections)

        confirmed = np.flatnonzero(table.confirmed[:tracked])
        tentative = np.flatnonzero(~table.confirmed[:tracked])
        pool = np.concatenate((confirmed, np.arange(tracked, len(table))))
        table.predict(pool, pool >= tracked, frames)
        if motion is not None:
            table.warp(motion)

        # 1. All confirmed and lost tracks, by appearance and motion (or boxes alone).
        cost = self._first_cost(pool, high)
        every = np.arange(len(high.scores))
        unseen, free = self._match(pool, high, every, cost, config.first_limit)
        found_again = pool[(pool >= tracked) & ~np.isin(pool, unseen)]
        unseen = unseen[unseen < tracked]
        # 2. What was tracked until now, by boxes.
        if config.uses_embeddings:
            cost = self._box_cost(unseen, high, free)
            unseen, free = self._match(unseen, high, free, cost, config.second_limit)
        # 3. BYTE: what is still unseen, with detections of low score.
        if config.uses_low_scores:
            every = np.arange(len(low.scores))
            cost = self._box_cost(unseen, low, every)
            unseen, _ = self._match(unseen, low, every, cost, config.low_limit)
        # 4. A second sight confirms a tentative track, otherwise it is dropped.
        cost = self._box_cost(tentative, high, free)
        dropped, free = self._match(tentative, high, free, cost, config.tentative_limit)

        born = self._new_tracks(high, free[high.scores[free] >= config.new_track_threshold])
        self._rebuild(found_again, unseen, dropped, born)
        if self._reunion is not None:
            table = self._table
            rows = np.flatnonzero(table.confirmed)
            people = People(table.ids[rows], table.class_ids[rows], table.boxes_xyxy()[rows],
                            table.embeddings[rows], table.seen[rows] / config.rate)
            table.ids[rows] = self._reunion.update(people, self._now / config.rate)
        return self._snapshots(self._seen_rows(), TrackState.TRACKED)

    @property
    def lost(self) -> list[Track]:
        """Tracks that were not seen in the last image but may come back."""
        rows = np.arange(self._tracked, len(self._table))
        return self._snapshots(rows[~self._table.doomed[rows]], TrackState.LOST)

    @property
    def tentative(self) -> list[Track]:
        """Tracks seen once, not yet confirmed."""
        rows = np.flatnonzero(~self._table.confirmed[: self._tracked])
        return self._snapshots(rows, TrackState.TENTATIVE)

    def _advance(self, stamp: float | None) -> float:
        """Count this update; returns the frames since the last one."""
        frames = 1.0
        if self.config.frame_rate is None:
            if stamp is None or not math.isfinite(stamp):
                raise ValueError(
                    f'stamp must be the time of the image in seconds, got {stamp}; only a '
                    'configuration with a frame_rate counts images instead'
                )
            if self._last_stamp is not None:
                if stamp <= self._last_stamp:
                    raise ValueError(
                        f'stamp must increase: got {stamp} after {self._last_stamp}; '
                        'call reset() where time starts anew'
                    )
                frames = (stamp - self._last_stamp) * self.config.rate
            self._last_stamp = stamp
        self._updates += 1
        self._now += frames
        return frames

    def _check_embeddings(self, detections: Detections) -> None:
        if not self.config.uses_embeddings or not len(detections):
            return
        if detections.embeddings is None:
            raise ValueError(
                f'the variant {self.config.variant!r} needs embeddings, but the detections have '
                "none; use variant 'byte' to track by boxes alone"
            )
        size, known = detections.embeddings.shape[1], self._table.embeddings.shape[1]
        if known not in (0, size):
            raise ValueError(
                f'embeddings have {size} numbers, but those of the tracks have {known}; '
                'call reset() after a change of the model'
            )
        if not np.isfinite(detections.embeddings).all():
            raise ValueError('embeddings must be finite numbers')
        if known != size:
            grown = np.zeros((len(self._table), size), np.float32)
            self._table.embeddings = grown

    def _split_by_score(self, detections: Detections) -> tuple[_Measured, _Measured]:
        """Return the detections above the threshold, and the low ones of the byte variants."""
        config, scores = self.config, detections.scores
        usable = (detections.boxes_xyxy[:, 2:] > detections.boxes_xyxy[:, :2]).all(axis=1)
        high = usable & (scores > config.score_threshold)
        low = usable & (scores > config.low_score_threshold) & (scores < config.score_threshold)
        if not config.uses_low_scores:
            low[:] = False
        size = self._table.embeddings.shape[1]
        return _Measured.of(detections[high], size), _Measured.of(detections[low], size)

    def _first_cost(self, rows: Rows, measured: _Measured) -> NDArray[np.float64]:
        if not self.config.uses_embeddings:
            return self._box_cost(rows, measured, np.arange(len(measured.scores)))
        table = self._table
        cost = cosine_distance(table.embeddings[rows], measured.embeddings)
        cost = fuse_motion(cost, table.mean[rows], table.covariance[rows], measured.xyah)
        return forbid_other_classes(cost, table.class_ids[rows], measured.class_ids)

    def _box_cost(self, rows: Rows, measured: _Measured, columns: Rows) -> NDArray[np.float64]:
        table = self._table.take(rows)
        cost = iou_distance(table.boxes_xyxy(), measured.xyxy[columns])
        return forbid_other_classes(cost, table.class_ids, measured.class_ids[columns])

    def _match(self, rows: Rows, measured: _Measured, columns: Rows, cost: NDArray[np.float64],
               limit: float) -> tuple[Rows, Rows]:
        """Assign, update the matched tracks; returns the rows and columns left over."""
        i, j = assign(cost, limit)
        self._apply(rows[i], measured, columns[j])
        return np.delete(rows, i), np.delete(columns, j)

    def _apply(self, rows: Rows, measured: _Measured, columns: Rows) -> None:
        if not len(rows):
            return
        table, config = self._table, self.config
        table.correct(rows, measured.xyah[columns])
        table.remember(rows, measured.embeddings[columns], config.appearance_momentum)
        # The published FairMOT leaves the score of a track found again as it was.
        scored = rows < self._tracked if config.variant == 'fairmot' else slice(None)
        table.scores[rows[scored]] = measured.scores[columns[scored]]
        table.confirmed[rows] = True
        table.seen[rows] = self._now
        table.hits[rows] += 1

    def _new_tracks(self, measured: _Measured, columns: Rows) -> TrackTable:
        mean, covariance = kalman.initiate(measured.xyah[columns])
        count = len(columns)
        first_id = self._last_id + 1
        self._last_id += count
        return TrackTable(
            ids=np.arange(first_id, first_id + count),
            class_ids=measured.class_ids[columns],
            # In the first image there is nothing to compare with: all are believed.
            confirmed=np.full(count, self._updates == 1),
            doomed=np.zeros(count, np.bool_),
            mean=mean,
            covariance=covariance,
            embeddings=measured.embeddings[columns],
            scores=measured.scores[columns],
            started=np.full(count, self._now),
            seen=np.full(count, self._now),
            hits=np.ones(count, np.int64),
        )

    def _rebuild(self, found_again: Rows, lost_now: Rows, dropped: Rows,
                 born: TrackTable) -> None:
        """Sort the rows into tracked and lost ones, and drop what is over."""
        old = self._table
        table = old.joined(born)
        kept = np.setdiff1d(np.arange(self._tracked), np.concatenate((lost_now, dropped)))
        tracked = np.concatenate((kept, np.arange(len(old), len(table)), found_again))
        lost_before = np.setdiff1d(np.arange(self._tracked, len(old)), found_again)
        lost = np.concatenate((lost_before, lost_now))
        # As published, a track whose time is over can still be found in one more image, and
        # is then dropped at its next miss.
        lost = lost[~table.doomed[lost]]
        expired = lost_before[self._now - table.seen[lost_before] > self.config.max_lost_frames]
        table.doomed[expired] = True
        tracked, lost = self._without_duplicates(table, tracked, lost)
        self._tracked = len(tracked)
        self._table = table.take(np.concatenate((tracked, lost)))

    def _without_duplicates(self, table: TrackTable, tracked: Rows,
                            lost: Rows) -> tuple[Rows, Rows]:
        """Of a tracked and a lost track in the same place, keep the one seen for longer."""
        boxes = table.boxes_xyxy()
        p, q = np.nonzero(iou_distance(boxes[tracked], boxes[lost]) < self.config.duplicate_limit)
        life = table.seen - table.started
        tracked_wins = life[tracked[p]] > life[lost[q]]
        return np.delete(tracked, p[~tracked_wins]), np.delete(lost, q[tracked_wins])

    def _seen_rows(self) -> Rows:
        return np.flatnonzero(self._table.confirmed[: self._tracked])

    def _snapshots(self, rows: Rows, state: TrackState) -> list[Track]:
        return snapshots(self._table.take(rows), state, self._now, self.config.rate)


def _check_motion(camera_motion: ArrayLike) -> NDArray[np.float64]:
    motion = np.asarray(camera_motion, dtype=np.float64)
    if motion.shape != (2, 3) or not np.isfinite(motion).all():
        raise ValueError(
            f'camera_motion must be a finite array of shape [2, 3], got {list(motion.shape)}'
        )
    return motion
