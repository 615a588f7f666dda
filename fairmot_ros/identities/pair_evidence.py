# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Evidence that two tracks of different sources, visible at the same time, show one person."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.identities.config import IdentitiesConfig
from fairmot_ros.identities.evidence import same_time
from fairmot_ros.identities.tracklets import MAX_GAP, Tracklet

#: Seconds within which two comparisons count as one: errors of positions last for a while.
CORRELATION_SECONDS = 1.0
#: Seconds after which old evidence has lost 63 % of its weight, so that decisions can be revised.
MEMORY_SECONDS = 10.0
#: Largest distance of two tracks, in metres, at which their evidence is collected.
NEAR = 4.0

Pair = tuple[Tracklet, Tracklet]


class _Sum:
    """Accumulated evidence of one pair."""

    def __init__(self, value: float, stamp: float) -> None:
        self.value, self.stamp = value, stamp

    def add(self, value: float, stamp: float) -> None:
        seconds = max(stamp - self.stamp, 0.0)
        self.stamp = max(stamp, self.stamp)
        self.value *= math.exp(-seconds / MEMORY_SECONDS)
        self.value += value * min(seconds / CORRELATION_SECONDS, 1.0)


class PairEvidence:
    """Evidence of positions of all pairs that are or were near each other."""

    def __init__(self, config: IdentitiesConfig) -> None:
        """Start without pairs."""
        self.config = config
        self._sums: dict[Tracklet, dict[Tracklet, _Sum]] = {}

    def update(self, seen: Iterable[Tracklet], others: Iterable[Tracklet], stamp: float) -> None:
        """Compare tracks that are seen now with the tracks of other sources."""
        live = [t for t in others if t.end is not None and abs(stamp - t.last) <= MAX_GAP]
        placed = [t for t in seen if t.end is not None and t.end[0] == stamp]
        if not live or not placed:
            return
        ends = np.array([t.end[1] for t in live if t.end is not None])
        for tracklet in placed:
            self._compare(tracklet, live, ends, stamp)

    def _compare(
        self, tracklet: Tracklet, live: list[Tracklet], ends: NDArray[np.float64], stamp: float
    ) -> None:
        """Compare one track with those that are near, or that it was compared with before."""
        assert tracklet.end is not None
        _, position, covariance = tracklet.end
        apart = np.abs(ends - position).max(axis=1)
        reach = NEAR + self.config.max_speed * MAX_GAP
        chosen = dict.fromkeys(live[index] for index in (apart <= reach).nonzero()[0])
        chosen.update(dict.fromkeys(self._sums.get(tracklet, ())))
        places = [(other, place) for other in chosen if (place := other.place_at(stamp))]
        if not places:
            return
        difference = np.array([place for _, (place, _) in places]) - position
        covariances = np.array([other for _, (_, other) in places])
        evidence = same_time(difference, covariances + covariance, self.config).tolist()
        near = np.hypot(difference[:, 0], difference[:, 1]) <= NEAR
        known = self._sums.get(tracklet, {})
        for (other, _), value, is_near in zip(places, evidence, near):
            if is_near or other in known or tracklet.identity == other.identity != 0:
                self._add(tracklet, other, value, stamp)

    def of(self, one: Tracklet, other: Tracklet) -> float | None:
        """Return the evidence of a pair, None if it was never compared."""
        found = self._sums.get(one, {}).get(other)
        return None if found is None else found.value

    def partners(self, tracklet: Tracklet) -> Iterator[tuple[Tracklet, float]]:
        """Yield all tracks that a track was compared with, and the evidence."""
        for other, found in self._sums.get(tracklet, {}).items():
            yield other, found.value

    def remove(self, tracklet: Tracklet) -> None:
        """Drop all pairs of a track."""
        for other in self._sums.pop(tracklet, {}):
            others = self._sums[other]
            del others[tracklet]
            if not others:
                del self._sums[other]

    def _add(self, one: Tracklet, other: Tracklet, value: float, stamp: float) -> None:
        found = self._sums.get(one, {}).get(other)
        if found is not None:
            found.add(value, stamp)
            return
        found = _Sum(value, stamp)
        self._sums.setdefault(one, {})[other] = found
        self._sums.setdefault(other, {})[one] = found
