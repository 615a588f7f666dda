# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Link between the identities in memory and the store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fairmot_ros.identities.config import IdentitiesConfig
from fairmot_ros.identities.decisions import IdentityEvent
from fairmot_ros.identities.registry import Changes, Identity, Registry
from fairmot_ros.identities.store import IdentityRecord, IdentityStore, Presence, View
from fairmot_ros.identities.tracklets import Tracklet

#: Ids that are reserved at a time.
BLOCK = 1000


class IdBlocks:
    """Ids from a store, reserved in blocks so that a creation rarely waits for the disk."""

    def __init__(self, store: IdentityStore) -> None:
        """Create an empty block; the first call reserves ids."""
        self._store = store
        self._next = self._end = 0

    def __call__(self) -> int:
        """Return an id that was never used."""
        if self._next == self._end:
            self._next = self._store.reserve_ids(BLOCK)
            self._end = self._next + BLOCK
        self._next += 1
        return self._next - 1


def load(store: IdentityStore, config: IdentitiesConfig) -> Registry:
    """Return the identities of a store; of more than `max_identities`, those seen last."""
    registry = Registry(config, IdBlocks(store))
    records = sorted(store.identities(), key=lambda r: (bool(r.name), r.last_seen))
    for record in records[-config.max_identities :]:
        identity = Identity(record.global_id, record.class_id, record.first_seen, record.name)
        identity.last_seen = record.last_seen
        registry.add(identity)
    for view in store.views():
        owner = registry.identities.get(view.global_id)
        if owner is not None:
            registry.put_view(owner, view.model, view.key, view.embedding, view.stamp)
    for former, number in store.replaced().items():
        if number in registry.identities:
            registry.replaced[former] = number
            registry.identities[number].former.append(former)
    for number, source in store.sources():
        if number in registry.identities:
            registry.identities[number].sources[source] = None
    registry.changes.clear()
    return registry


class Recorder:
    """Writes changes of a registry to a store."""

    def __init__(self, store: IdentityStore, registry: Registry) -> None:
        """Start without changes."""
        self._store, self._registry = store, registry
        self._events: list[IdentityEvent] = []

    def put_events(self, events: list[IdentityEvent]) -> None:
        """Write events with the next changes."""
        self._events += events

    def flush(self) -> None:
        """Write all changes since the last time, and commit.

        Raises:
            StoreError: if the store cannot be written; the changes are then written next time.
        """
        registry, store = self._registry, self._store
        changes = registry.changes
        tracklets = [t for t in changes.tracklets if t.identity]
        numbers = store.put_presences([_presence(t) for t in tracklets])
        for tracklet, number in zip(tracklets, numbers):
            tracklet.presence = number
        for former, by in changes.replaced:
            store.replace(former, by)
        known = registry.identities
        store.put_identities(_record(known[n]) for n in changes.identities if n in known)
        store.remove_views(changes.removed_views)
        store.put_views(self._views(changes))
        store.put_events(self._events)
        store.commit()
        changes.clear()
        self._events = []

    def expire(self, identities: Iterable[int], oldest: float) -> None:
        """Remove expired identities, and what happened before a time; call `flush` before."""
        self._store.expire(identities, oldest)

    def forget(self, identities: list[int] | None) -> None:
        """Remove identities, or everything, so that nothing of them is left in the file."""
        if identities is None:
            self._events = []
            self._store.forget_everything()
        else:
            self._store.forget(identities)

    def _views(self, changes: Changes) -> Iterator[View]:
        for number, model, key in changes.views:
            index = self._registry.indices[model]
            unit, stamp = index.views(number)[key]
            yield View(number, model, key, stamp, unit)


def _presence(tracklet: Tracklet) -> Presence:
    position = None
    if tracklet.end is not None:
        x, y = tracklet.end[1].tolist()
        position = (x, y)
    return Presence(
        tracklet.identity,
        tracklet.source,
        tracklet.track_id,
        tracklet.first,
        tracklet.last,
        position,
        tracklet.presence,
    )


def _record(identity: Identity) -> IdentityRecord:
    return IdentityRecord(
        identity.global_id,
        identity.name,
        identity.class_id,
        identity.first_seen,
        identity.last_seen,
    )
