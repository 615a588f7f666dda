# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""One identity across sources: the part that a node or a program calls."""

from __future__ import annotations

import time
from collections.abc import Sequence

from fairmot_ros.identities.decisions import Assignment
from fairmot_ros.identities.observations import Observation, SourceFrame
from fairmot_ros.identities.requests import IdentityRequests
from fairmot_ros.identities.state import INTERVAL
from fairmot_ros.identities.tracklets import Tracklet


class IdentityResolver(IdentityRequests):
    """Gives the tracks of any number of sources global identities; usable from several threads.

    See the package for an example.
    """

    # -- tracks -------------------------------------------------------------------------------

    def update(self, frame: SourceFrame, received: float | None = None) -> list[Assignment]:
        """Take a frame of one source.

        Frames of different sources may come in any order; a frame that is older than the last one
        of its source still counts as evidence.

        Args:
            frame: the tracks seen by the source.
            received: time of reception in seconds by the own clock, to estimate the offset of the
                source's clock; None trusts the stamp.

        Returns:
            The identity of each track, in the order of the observations.

        Raises:
            ValueError: if an embedding has another size than others of the model; nothing is
                changed then.
            StoreError: if the store cannot be written.
        """
        with self._lock:
            self.check_sizes([o.embedding for o in frame.observations], frame.model)
            stamp = self._clocks.align(frame.source, frame.stamp, received)
            self._operations.now = max(self._operations.now, stamp)
            self._end_tracks()
            seen = [self._observe(frame, o, stamp) for o in frame.observations]
            others = [t for t in self._tracklets.values() if t.source != frame.source]
            self._pairs.update(seen, others, stamp)
            self._decide(seen, stamp)
            self._review(self._reviewer.due(seen, stamp), stamp)
            self._take_events()
            if time.monotonic() - self._flushed > INTERVAL:
                self._flush()
            return [self._assignment(tracklet) for tracklet in seen]

    def assignments(self, source: str = '') -> list[Assignment]:
        """Return the identity of each visible track, of one source or of all."""
        with self._lock:
            oldest = self._operations.now - self.config.track_timeout
            return [
                self._assignment(t)
                for t in self._tracklets.values()
                if source in ('', t.source) and t.last >= oldest
            ]

    def take_warnings(self) -> list[str]:
        """Return sentences about clocks since the last call, oldest first."""
        with self._lock:
            return self._clocks.take_warnings()

    # -- steps of an update -------------------------------------------------------------------

    def _observe(self, frame: SourceFrame, observation: Observation, stamp: float) -> Tracklet:
        key = (frame.source, observation.track_id)
        tracklet = self._tracklets.get(key)
        if tracklet is not None and not tracklet.continues(observation, stamp):
            self._end(tracklet)
            tracklet = None
        if tracklet is None:
            tracklet = Tracklet(frame.source, observation, stamp, frame.model)
            self._tracklets[key] = tracklet
            return tracklet
        tracklet.observe(observation, stamp, frame.model)
        if tracklet.identity and stamp - tracklet.refreshed >= INTERVAL:
            tracklet.refreshed = stamp
            self._registry.refresh(tracklet)
        return tracklet

    def _decide(self, seen: Sequence[Tracklet], stamp: float) -> None:
        """Give tracks without an identity the one that they show, or after a while a new one."""
        open_ones = [t for t in seen if not t.identity and not t.forgotten]
        if not open_ones:
            return
        for tracklet, found in zip(open_ones, self._matcher.match(open_ones, stamp)):
            if found is not None:
                self._operations.match(tracklet, found.identity, found.evidence, found.similarity)
            elif tracklet.last - tracklet.first >= self.config.decision_delay:
                self._operations.create(tracklet)
        self._limit()

    def _review(self, due: Sequence[Tracklet], stamp: float) -> None:
        """Split and merge identities as newer evidence demands."""
        for wrong, reason in self._reviewer.splits(due):
            self._operations.split(wrong, reason)
        for one, other, evidence, similarity in self._reviewer.merges(due, stamp):
            self._operations.merge(one, other, f'evidence {evidence:.1f}', similarity)

    # -----------------------------------------------------------------------------------------

    def _assignment(self, tracklet: Tracklet) -> Assignment:
        identity = self._registry.identities.get(tracklet.identity)
        return Assignment(
            tracklet.source,
            tracklet.track_id,
            tracklet.identity,
            identity.name if identity else '',
            tracklet.similarity,
            tracklet.state,
        )
