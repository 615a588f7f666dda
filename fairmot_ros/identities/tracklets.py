# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tracks of single sources, as they were observed so far."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.identities.decisions import AssignmentState
from fairmot_ros.identities.observations import Observation, Vector

HISTORY_SECONDS = 5.0  # of positions, as far back as messages of other sources may be late
VELOCITY_SECONDS = 1.0  # over which a velocity is estimated
MAX_GAP = 1.5  # seconds between two positions that are interpolated
MAX_EXTRAPOLATION = 0.5  # seconds beyond the last position

STAMP_TOLERANCE = 1.0  # seconds by which the computed begin of a track may vary

Place = tuple[Vector, Vector]  # position and covariance
Stamped = tuple[float, Vector, Vector]  # time, position and covariance


class Tracklet:
    """One track of one source.

    Attributes:
        source, track_id, class_id, model: as observed.
        first, last: times of the first and last observation, seconds.
        box_xyxy: last box.
        embedding: newest embedding, None without one.
        identity: id of its identity, 0 while undecided.
        state, similarity: of its assignment.
        count: number of observations.
        refreshed: time when its embedding was last copied to its identity.
        reviewed: time when its identity was last reviewed.
        presence: number of its row in the store, 0 without one.
        forgotten: whether its identity was forgotten; it gets no other.
    """

    def __init__(self, source: str, observation: Observation, stamp: float, model: str) -> None:
        """Start with a first observation."""
        self.source = source
        self.track_id = observation.track_id
        self.class_id = observation.class_id
        self.model = model
        self.first = self.last = stamp
        self.box_xyxy = observation.box_xyxy
        self.embedding: NDArray[np.float32] | None = None
        self.identity = 0
        self.state = AssignmentState.UNDECIDED
        self.similarity = 0.0
        self.count = 0
        self.forgotten = False
        self.refreshed = self.reviewed = stamp
        self.presence = 0
        self._places: deque[Stamped] = deque()
        self.start: Stamped | None = None
        self.observe(observation, stamp, model)

    def observe(self, observation: Observation, stamp: float, model: str) -> None:
        """Add an observation; one that is older than the last only extends the times."""
        self.count += 1
        newest = stamp >= self.last
        self.first, self.last = min(self.first, stamp), max(self.last, stamp)
        if not newest:
            return
        self.box_xyxy = observation.box_xyxy
        if observation.embedding is not None and not self.forgotten:
            self.embedding, self.model = observation.embedding, model
        if observation.position is not None and observation.covariance is not None:
            place = (stamp, observation.position, observation.covariance)
            self.start = self.start or place
            self._places.append(place)
            while stamp - self._places[0][0] > HISTORY_SECONDS:
                self._places.popleft()

    def forget(self) -> None:
        """Overwrite the embedding, and take no identity any more."""
        if self.embedding is not None:
            self.embedding[:] = 0
            self.embedding = None
        self.identity, self.state, self.similarity = 0, AssignmentState.UNDECIDED, 0.0
        self.forgotten = True

    def continues(self, observation: Observation, stamp: float) -> bool:
        """Whether an observation is of this track, not of a later one with the same id."""
        if observation.age is None:
            return True
        return stamp - observation.age <= self.last + STAMP_TOLERANCE

    def overlaps(self, other: Tracklet) -> bool:
        """Whether both were visible in one source at the same time, so are two people."""
        return (
            self.source == other.source and self.first <= other.last and other.first <= self.last
        )

    @property
    def key(self) -> str:
        """Name of the track among all sources."""
        return f'{self.source}/{self.track_id}'

    @property
    def end(self) -> Stamped | None:
        """Time, position and covariance of the last known position."""
        return self._places[-1] if self._places else None

    def velocity(self) -> Vector:
        """Return the mean velocity [2] over the last positions, m/s; 0 if it is not known."""
        if len(self._places) < 2:
            return np.zeros(2)
        time, position, _ = self._places[-1]
        for earlier, start, _ in self._places:
            if time - earlier <= VELOCITY_SECONDS:
                seconds = time - earlier
                return (position - start) / seconds if seconds > 0.2 else np.zeros(2)
        return np.zeros(2)

    def place_at(self, stamp: float) -> Place | None:
        """Return position and covariance at a time, None if there were none close to it."""
        if not self._places:
            return None
        after: Stamped | None = None
        for place in reversed(self._places):
            if place[0] <= stamp:
                return _between(place, after, stamp, self.velocity)
            after = place
        return None


def _between(
    before: Stamped, after: Stamped | None, stamp: float, velocity: Callable[[], Vector]
) -> Place | None:
    time, position, covariance = before
    if after is None:
        if stamp - time > MAX_EXTRAPOLATION:
            return None
        return position + velocity() * (stamp - time), covariance
    if after[0] - time > MAX_GAP:
        return None
    share = (stamp - time) / (after[0] - time)
    return position + share * (after[1] - position), np.maximum(covariance, after[2])
