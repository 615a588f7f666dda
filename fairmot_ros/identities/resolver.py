"""One identity across sources: the part that a node or a program calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from threading import RLock

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fairmot_ros.identities.calibration import Calibration
from fairmot_ros.identities.clocks import SourceClock
from fairmot_ros.identities.config import IdentitiesConfig
from fairmot_ros.identities.decisions import (
    Assignment,
    AssignmentState,
    EventKind,
    IdentityEvent,
    IdentityMatch,
    KnownIdentity,
)
from fairmot_ros.identities.evidence import HANDOVER_SECONDS
from fairmot_ros.identities.matching import Matcher
from fairmot_ros.identities.observations import Observation, SourceFrame
from fairmot_ros.identities.pair_evidence import PairEvidence
from fairmot_ros.identities.registry import Identity, Registry
from fairmot_ros.identities.tracklets import Tracklet
from fairmot_ros.tracker.gallery.embedding_store import as_unit

Unit = NDArray[np.float32]

SECONDS_PER_DAY = 86400.0
#: Beginning of the keys of enrolled embeddings; other keys are names of sources.
ENROLLED = '/enrolled/'


class IdentityResolver:
    """Gives the tracks of any number of sources global identities; may be used by several threads.

    See the package for an example.
    """

    def __init__(
        self,
        config: IdentitiesConfig | None = None,
        *,
        calibrations: Mapping[str, Calibration] | None = None,
    ) -> None:
        """Start without identities, or with those of a store.

        Args:
            config: settings.
            calibrations: by model, as in `SourceFrame`.
        """
        self.config = config or IdentitiesConfig()
        self._registry = Registry(self.config)
        self._pairs = PairEvidence(self.config)
        self._matcher = Matcher(self.config, self._registry, self._pairs, calibrations or {})
        self._clocks: dict[str, SourceClock] = {}
        self._tracklets: dict[tuple[str, str], Tracklet] = {}
        self._events: list[IdentityEvent] = []
        self._warnings: list[str] = []
        self._now = 0.0
        self._enrolled = 0  # running number of enrolled embeddings
        self._lock = RLock()

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
        """
        with self._lock:
            stamp = self._align(frame, received)
            self._now = max(self._now, stamp)
            seen = [self._observe(frame, o, stamp) for o in frame.observations]
            others = (t for t in self._tracklets.values() if t.source != frame.source)
            self._pairs.update(seen, others, stamp)
            self._decide([t for t in seen if self._is_due(t)], stamp)
            self._end_tracks()
            return [self._assignment(tracklet) for tracklet in seen]

    def assignments(self, source: str = '') -> list[Assignment]:
        """Return the identity of each visible track, of one source or of all."""
        with self._lock:
            return [
                self._assignment(t)
                for t in self._tracklets.values()
                if source in ('', t.source) and self._now - t.last <= self.config.track_timeout
            ]

    def take_events(self) -> list[IdentityEvent]:
        """Return the events since the last call, oldest first."""
        with self._lock:
            events, self._events = self._events, []
            return events

    def take_warnings(self) -> list[str]:
        """Return sentences about clocks since the last call, oldest first."""
        with self._lock:
            warnings, self._warnings = self._warnings, []
            return warnings

    def maintain(self, now: float) -> None:
        """Remove unnamed identities that were not seen for the retention time.

        Args:
            now: time in seconds, by the own clock.
        """
        with self._lock:
            self._now = max(self._now, now)
            oldest = self._now - self.config.retention * SECONDS_PER_DAY
            for identity in list(self._registry.identities.values()):
                if not identity.name and identity.last_seen < oldest:
                    self._registry.remove(identity)
                    self._record(EventKind.EXPIRED, identity)

    # -- requests -----------------------------------------------------------------------------

    def identities(self) -> list[KnownIdentity]:
        """Return all identities, in the order of their ids."""
        with self._lock:
            return list(self._registry.known())

    def query(
        self, embedding: ArrayLike, model: str, count: int = 1, min_similarity: float = -1.0
    ) -> list[IdentityMatch]:
        """Return the identities most similar to an embedding, most similar first.

        Raises:
            ValueError: if the embedding cannot be used.
        """
        unit = as_unit(embedding)
        with self._lock:
            index = self._registry.indices.get(model)
            if index is None:
                return []
            return [
                IdentityMatch(number, self._registry.identities[number].name, similarity)
                for number, similarity in index.nearest(unit, count, min_similarity)
            ]

    def find_track(self, source: str, track_id: str | int) -> int:
        """Return the id of the identity of a track, 0 if it has none."""
        with self._lock:
            tracklet = self._tracklets.get((source, str(track_id)))
            return tracklet.identity if tracklet else 0

    def enrol(
        self,
        name: str,
        *,
        global_id: int = 0,
        embeddings: ArrayLike | None = None,
        model: str = '',
        class_id: str = 'person',
    ) -> int:
        """Name an identity, or make one of embeddings; named ones are kept until forgotten.

        Args:
            name: if it is known already, the embeddings are added to it.
            global_id: of the identity; 0 with embeddings.
            embeddings: [D] or [V, D]; None with an id.
            model: of the embeddings.
            class_id: of a new identity.

        Returns:
            The id.

        Raises:
            ValueError: if the request cannot be fulfilled; the message says why.
        """
        if not name:
            raise ValueError('the name to enrol is empty; expected at least one character')
        units = [] if embeddings is None else [as_unit(view) for view in _rows(embeddings)]
        if not global_id and not units:
            raise ValueError(f'neither an id nor an embedding is given to enrol {name}')
        with self._lock:
            named = self._registry.find(name)
            identity = self._find(global_id) if global_id else named
            if identity is None:
                self._check_sizes(units, model)
                identity = self._registry.create(class_id, self._now)
                self._record(EventKind.CREATED, identity)
            if identity.name not in ('', name):
                raise ValueError(
                    f'{identity.global_id} is enrolled as {identity.name!r}: forget that name to '
                    'give another'
                )
            if named is not None and named is not identity:
                raise ValueError(
                    f'{name!r} is the name of {named.global_id}: merge the two identities'
                )
            self._check_sizes(units, model)
            identity.name = name
            for unit in units:
                self._enrolled += 1
                self._registry.put_view(identity, model, f'{ENROLLED}{self._enrolled}', unit)
            self._record(EventKind.NAMED, identity)
            return identity.global_id

    def merge(self, global_id: int, other: int) -> int:
        """Declare two identities to be one; returns the id that remains.

        Raises:
            ValueError: if one is unknown, both have names, or both were visible in one source at
                the same time.
        """
        with self._lock:
            one, two = self._find(global_id), self._find(other)
            if one is two:
                raise ValueError(f'{global_id} and {other} are one identity already')
            if one.name and two.name:
                raise ValueError(
                    f'both are enrolled, as {one.name!r} and {two.name!r}: forget one of them'
                )
            for tracklet in two.tracklets:
                if any(tracklet.overlaps(t) for t in one.tracklets):
                    raise ValueError(
                        f'{tracklet.source} saw both at the same time, so they are two people'
                    )
            return self._merge(one, two, reason='on request').global_id

    def split(self, source: str, track_id: str | int) -> int:
        """Take a track from its identity; returns the id of the new identity.

        Raises:
            ValueError: if the track is not visible or has no identity.
        """
        with self._lock:
            tracklet = self._tracklets.get((source, str(track_id)))
            if tracklet is None or not tracklet.identity:
                raise ValueError(f'no track {track_id} of {source} with an identity is visible')
            return self._split(tracklet, reason='on request').global_id

    def forget(self, key: int | str | None = None) -> int:
        """Remove one identity (by id or name) or all, with all that is stored of them.

        Tracks of a forgotten identity that are visible get no identity until they end.

        Returns:
            Number of removed identities.
        """
        with self._lock:
            if key is None:
                chosen = list(self._registry.identities.values())
            else:
                found = self._registry.find(key)
                chosen = [] if found is None else [found]
            for identity in chosen:
                for tracklet in identity.tracklets:
                    tracklet.forget()
                self._registry.remove(identity)
                self._record(EventKind.FORGOTTEN, identity, reason='on request')
            return len(chosen)

    # -- steps of an update -------------------------------------------------------------------

    def _align(self, frame: SourceFrame, received: float | None) -> float:
        if received is None:
            return frame.stamp
        clock = self._clocks.get(frame.source)
        if clock is None:
            clock = self._clocks[frame.source] = SourceClock(self.config.clock_tolerance)
        stamp = clock.align(frame.stamp, received)
        warning = clock.warning(frame.source)
        if warning:
            self._warnings.append(warning)
        return stamp

    def _observe(self, frame: SourceFrame, observation: Observation, stamp: float) -> Tracklet:
        key = (frame.source, observation.track_id)
        tracklet = self._tracklets.get(key)
        if tracklet is None:
            tracklet = Tracklet(frame.source, observation, stamp, frame.model)
            self._tracklets[key] = tracklet
            return tracklet
        tracklet.observe(observation, stamp, frame.model)
        identity = self._registry.identities.get(tracklet.identity)
        if identity is not None:
            self._refresh(tracklet, identity)
        return tracklet

    def _refresh(self, tracklet: Tracklet, identity: Identity) -> None:
        identity.saw(tracklet)
        if tracklet.embedding is not None:
            self._registry.put_view(identity, tracklet.model, tracklet.source, tracklet.embedding)

    def _is_due(self, tracklet: Tracklet) -> bool:
        waited = tracklet.last - tracklet.first >= self.config.decision_delay
        return waited and not tracklet.identity and not tracklet.forgotten

    def _decide(self, tracklets: Sequence[Tracklet], stamp: float) -> None:
        if not tracklets:
            return
        for tracklet, candidate in zip(tracklets, self._matcher.match(tracklets, stamp)):
            if candidate is None:
                identity = self._registry.create(tracklet.class_id, tracklet.first)
                tracklet.state, tracklet.similarity = AssignmentState.NEW, 0.0
                self._record(EventKind.CREATED, identity, tracklet)
            else:
                identity = candidate.identity
                tracklet.state = AssignmentState.MATCHED
                tracklet.similarity = candidate.similarity
                self._record(
                    EventKind.MATCHED,
                    identity,
                    tracklet,
                    similarity=candidate.similarity,
                    reason=f'evidence {candidate.evidence:.1f}',
                )
            self._registry.link(tracklet, identity)
            self._refresh(tracklet, identity)

    def _end_tracks(self) -> None:
        """Drop tracks that ended long ago."""
        for key, tracklet in list(self._tracklets.items()):
            if self._now - tracklet.last > HANDOVER_SECONDS:
                del self._tracklets[key]
                self._pairs.remove(tracklet)
                self._registry.unlink(tracklet)

    def _merge(self, one: Identity, two: Identity, reason: str) -> Identity:
        """Merge two identities into the named or older one."""
        kept, dropped = sorted((one, two), key=lambda i: (not i.name, i.global_id))
        for tracklet in dropped.tracklets:
            tracklet.state = AssignmentState.MATCHED
        self._registry.replace(dropped, kept)
        self._record(EventKind.MERGED, kept, other=dropped.global_id, reason=reason)
        return kept

    def _split(self, tracklet: Tracklet, reason: str) -> Identity:
        """Give a track an identity of its own."""
        former = tracklet.identity
        self._registry.unlink(tracklet)
        identity = self._registry.create(tracklet.class_id, tracklet.first)
        tracklet.state, tracklet.similarity = AssignmentState.NEW, 0.0
        self._registry.link(tracklet, identity)
        self._refresh(tracklet, identity)
        self._record(EventKind.SPLIT, identity, tracklet, other=former, reason=reason)
        return identity

    def _find(self, global_id: int) -> Identity:
        identity = self._registry.find(global_id)
        if identity is None:
            raise ValueError(f'no identity has the id {global_id}; list them to see which exist')
        return identity

    def _check_sizes(self, units: Sequence[Unit], model: str) -> None:
        index = self._registry.indices.get(model)
        for unit in units:
            if index is not None:
                index.check_size(unit)

    def _record(
        self,
        kind: EventKind,
        identity: Identity,
        tracklet: Tracklet | None = None,
        *,
        other: int = 0,
        similarity: float = 0.0,
        reason: str = '',
    ) -> None:
        self._events.append(
            IdentityEvent(
                self._now,
                kind,
                identity.global_id,
                other,
                tracklet.source if tracklet else '',
                tracklet.track_id if tracklet else '',
                identity.name,
                similarity,
                reason,
            )
        )

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


def _rows(embeddings: ArrayLike) -> NDArray[np.float32]:
    return np.atleast_2d(np.asarray(embeddings, np.float32))
