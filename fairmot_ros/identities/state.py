# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""What is known of identities and tracks, kept in memory and in a store."""

from __future__ import annotations

import time
from collections.abc import Mapping
from threading import RLock

import numpy as np

from fairmot_ros.identities.calibration import Calibration, read_calibrations
from fairmot_ros.identities.clocks import SourceClocks
from fairmot_ros.identities.config import IdentitiesConfig
from fairmot_ros.identities.decisions import EventKind, IdentityEvent
from fairmot_ros.identities.evidence import HANDOVER_SECONDS
from fairmot_ros.identities.matching import Matcher
from fairmot_ros.identities.operations import Operations
from fairmot_ros.identities.pair_evidence import PairEvidence
from fairmot_ros.identities.recording import Recorder, load
from fairmot_ros.identities.registry import Identity, Registry
from fairmot_ros.identities.revision import Reviewer
from fairmot_ros.identities.store import IdentityStore
from fairmot_ros.identities.tracklets import Tracklet

SECONDS_PER_DAY = 86400.0
#: Seconds between two writes to the store, and between two copies of a track's times and embedding
#: to its identity: together, a killed process loses at most one second.
INTERVAL = 0.5
#: Seconds between two searches for expired content.
EXPIRY_INTERVAL = 60.0
#: Events that are kept for a caller who does not take them.
MAX_EVENTS = 10_000
#: Share of the identities that is removed at once when there are too many.
SURPLUS = 0.01


class IdentityState:
    """Identities and tracks, how long they are kept, and when they are written."""

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

    def configure(self, config: IdentitiesConfig) -> None:
        """Take other settings from the next frame on.

        Args:
            config: settings; those that are structural must be as before.
        """
        with self._lock:
            for user in (self, self._registry, self._pairs, self._matcher):
                user.config = config

    def take_events(self) -> list[IdentityEvent]:
        """Return the events since the last call, oldest first; at most the last `MAX_EVENTS`."""
        with self._lock:
            events, self._events = self._events, []
            return events

    def maintain(self, now: float) -> None:
        """Drop ended tracks, remove expired identities and write to the store.

        Call it about once per second. Without it, `update` writes too, but only while frames come,
        and nothing expires.

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

    # -----------------------------------------------------------------------------------------

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
        del self._events[:-MAX_EVENTS]
        if self._recorder is not None:
            self._recorder.put_events(events)
