"""One identity across sources: the part that a node or a program calls."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from threading import RLock

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fairmot_ros.identities.calibration import Calibration, read_calibrations
from fairmot_ros.identities.clocks import SourceClocks
from fairmot_ros.identities.config import IdentitiesConfig
from fairmot_ros.identities.decisions import (
    Assignment,
    EventKind,
    IdentityEvent,
    IdentityMatch,
    KnownIdentity,
)
from fairmot_ros.identities.embedding_index import ENROLLED
from fairmot_ros.identities.evidence import HANDOVER_SECONDS
from fairmot_ros.identities.matching import Matcher
from fairmot_ros.identities.observations import Observation, SourceFrame
from fairmot_ros.identities.operations import Operations
from fairmot_ros.identities.pair_evidence import PairEvidence
from fairmot_ros.identities.recording import Recorder, load
from fairmot_ros.identities.registry import Identity, Registry
from fairmot_ros.identities.revision import Reviewer
from fairmot_ros.identities.store import IdentityStore
from fairmot_ros.identities.tracklets import Tracklet
from fairmot_ros.tracker.gallery.embedding_store import as_unit

SECONDS_PER_DAY = 86400.0
#: Seconds between two writes to the store, and between two copies of an embedding to its identity.
INTERVAL = 1.0
#: Seconds between two searches for expired content.
EXPIRY_INTERVAL = 60.0
#: Share of the identities that is removed at once when there are too many.
SURPLUS = 0.01


class IdentityResolver:
    """Gives the tracks of any number of sources global identities; usable from several threads.

    See the package for an example.
    """

    def __init__(
        self,
        config: IdentitiesConfig | None = None,
        store: IdentityStore | None = None,
        *,
        calibrations: Mapping[str, Calibration] | None = None,
    ) -> None:
        """Start with the identities of a store, or without any.

        Args:
            config: settings.
            store: where identities are kept; None keeps them in memory alone.
            calibrations: by model, see `read_calibrations`; of the default model alone if None.

        Raises:
            StoreError: if the store cannot be read.
        """
        self.config = config or IdentitiesConfig()
        self._registry = load(store, self.config) if store else Registry(self.config)
        self._recorder = Recorder(store, self._registry) if store else None
        self._store = store
        self._pairs = PairEvidence(self.config)
        known = read_calibrations() if calibrations is None else calibrations
        self._matcher = Matcher(self.config, self._registry, self._pairs, known)
        self._reviewer = Reviewer(self._registry, self._pairs, self._matcher)
        self._operations = Operations(self._registry)
        self._clocks = SourceClocks(self.config.clock_tolerance)
        self._tracklets: dict[tuple[str, str], Tracklet] = {}
        self._events: list[IdentityEvent] = []
        self._surplus: list[Identity] = []  # removed, but not from the store
        self._end_next = self._expire_next = -np.inf
        self._flushed = time.monotonic()
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

        Raises:
            ValueError: if an embedding has another size than others of the model; nothing is
                changed then.
            StoreError: if the store cannot be written.
        """
        with self._lock:
            self._check_sizes([o.embedding for o in frame.observations], frame.model)
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

    def take_events(self) -> list[IdentityEvent]:
        """Return the events since the last call, oldest first."""
        with self._lock:
            events, self._events = self._events, []
            return events

    def take_warnings(self) -> list[str]:
        """Return sentences about clocks since the last call, oldest first."""
        with self._lock:
            return self._clocks.take_warnings()

    def maintain(self, now: float) -> None:
        """Drop ended tracks, remove expired identities and write to the store.

        Call it about once per second. Without it, `update` writes at most once per second, but
        nothing expires.

        Args:
            now: time in seconds, by the own clock.

        Raises:
            StoreError: if the store cannot be written.
        """
        with self._lock:
            self._operations.now = max(self._operations.now, now)
            self._end_tracks()
            self._flush()
            if self._operations.now >= self._expire_next:
                self._expire_next = self._operations.now + EXPIRY_INTERVAL
                self._expire(self._operations.now - self.config.retention * SECONDS_PER_DAY)

    def close(self) -> None:
        """Write everything to the store and close it."""
        with self._lock:
            self._flush()
            if self._store is not None:
                self._store.close()

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
            if identity is not None and identity.name not in ('', name):
                raise ValueError(
                    f'{identity.global_id} is enrolled as {identity.name!r}: forget that name to '
                    'give another'
                )
            if named is not None and named is not identity:
                raise ValueError(
                    f'{name!r} is the name of {named.global_id}: merge the two identities'
                )
            self._check_sizes(units, model)
            if identity is None:
                identity = self._operations.create_named(name, class_id)
            else:
                self._operations.rename(identity, name)
            if global_id:
                self._registry.keep_views(identity)
            now = self._operations.now
            for number, unit in enumerate(units):
                key = f'{ENROLLED}{time.time_ns()}/{number}'
                self._registry.put_view(identity, model, key, unit, now)
            self._take_events()
            self._flush()
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
            kept = self._operations.merge(one, two, 'on request')
            self._take_events()
            self._flush()
            return kept.global_id

    def split(self, source: str, track_id: str | int) -> int:
        """Take a track from its identity; returns the id of the new identity.

        Raises:
            ValueError: if the track is not visible or has no identity.
        """
        with self._lock:
            tracklet = self._tracklets.get((source, str(track_id)))
            if tracklet is None or not tracklet.identity:
                raise ValueError(f'no track {track_id} of {source} with an identity is visible')
            identity = self._operations.split(tracklet, 'on request')
            self._take_events()
            self._flush()
            return identity.global_id

    def forget(self, key: int | str | None = None) -> int:
        """Remove one identity (by id or name) or all, with all that is stored of them.

        Tracks of a forgotten identity that are visible get no identity until they end. The store
        is rewritten, which takes about as long as copying it.

        Returns:
            Number of removed identities.

        Raises:
            StoreError: if the store cannot be written, or another process reads it.
        """
        with self._lock:
            found = self._registry.find(key) if key is not None else None
            chosen = [found] if found else []
            if key is None:
                chosen = list(self._registry.identities.values())
            if chosen or key is None:
                self._flush()
                self._operations.remove(chosen, EventKind.FORGOTTEN, 'on request')
                self._events += self._operations.events  # not to the store
                self._operations.events = []
                if self._recorder is not None:
                    numbers = [i.global_id for i in chosen]
                    self._recorder.forget(None if key is None else numbers)
            return len(chosen)

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

    def _end_tracks(self) -> None:
        now = self._operations.now
        if now < self._end_next:
            return
        self._end_next = now + INTERVAL
        oldest = now - HANDOVER_SECONDS
        for tracklet in [t for t in self._tracklets.values() if t.last < oldest]:
            self._end(tracklet)

    def _end(self, tracklet: Tracklet) -> None:
        del self._tracklets[tracklet.source, tracklet.track_id]
        self._pairs.remove(tracklet)
        if tracklet.identity:
            self._registry.refresh(tracklet)
            self._registry.unlink(tracklet)

    def _limit(self) -> None:
        """Remove the unnamed identities that were absent longest when there are too many."""
        surplus = len(self._registry.identities) - self.config.max_identities
        if surplus <= 0:
            return
        unnamed = [i for i in self._registry.identities.values() if not i.name and not i.tracklets]
        unnamed.sort(key=lambda i: i.last_seen)
        count = surplus + int(SURPLUS * self.config.max_identities)
        self._operations.remove(unnamed[:count], EventKind.EXPIRED, 'too many identities')
        self._surplus += unnamed[:count]

    def _expire(self, oldest: float) -> None:
        expired = [
            identity
            for identity in self._registry.identities.values()
            if not identity.name and identity.last_seen < oldest
        ]
        self._operations.remove(expired, EventKind.EXPIRED, '')
        self._registry.expire_views(oldest)
        self._take_events()
        self._flush()
        if self._recorder is not None:
            self._recorder.expire([i.global_id for i in (*self._surplus, *expired)], oldest)
        self._surplus = []

    def _flush(self) -> None:
        self._flushed = time.monotonic()
        if self._recorder is not None:
            self._recorder.flush()
        else:
            self._registry.changes.clear()

    def _take_events(self) -> None:
        events, self._operations.events = self._operations.events, []
        self._events += events
        if self._recorder is not None:
            self._recorder.put_events(events)

    # -----------------------------------------------------------------------------------------

    def _find(self, global_id: int) -> Identity:
        identity = self._registry.find(global_id)
        if identity is None:
            raise ValueError(f'no identity has the id {global_id}; list them to see which exist')
        return identity

    def _check_sizes(self, units: Sequence[NDArray[np.float32] | None], model: str) -> None:
        index = self._registry.indices.get(model)
        for unit in units:
            if index is not None and unit is not None:
                index.check_size(unit)

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
