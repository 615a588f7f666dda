"""Evidence that two tracks of different sources, visible at the same time, show one person."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

import numpy as np

from fairmot_ros.identities.config import IdentitiesConfig
from fairmot_ros.identities.evidence import same_time
from fairmot_ros.identities.tracklets import Tracklet

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
        places = [(other, place) for other in others if (place := other.place_at(stamp))]
        if not places:
            return
        positions = np.array([position for _, (position, _) in places])
        covariances = np.array([covariance for _, (_, covariance) in places])
        for tracklet in seen:
            own = tracklet.end
            if own is None or own[0] != stamp:
                continue
            difference = positions - own[1]
            evidence = same_time(difference, covariances + own[2], self.config)
            near = np.hypot(difference[:, 0], difference[:, 1]) <= NEAR
            known = self._sums.get(tracklet, {})
            for index, (other, _) in enumerate(places):
                same_identity = tracklet.identity and tracklet.identity == other.identity
                if near[index] or other in known or same_identity:
                    self._add(tracklet, other, float(evidence[index]), stamp)

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
