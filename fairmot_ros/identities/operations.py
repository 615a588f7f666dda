# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Changes of identities, each with an event."""

from __future__ import annotations

from collections.abc import Sequence

from fairmot_ros.identities.decisions import AssignmentState, EventKind, IdentityEvent
from fairmot_ros.identities.registry import Identity, Registry
from fairmot_ros.identities.tracklets import Tracklet


class Operations:
    """Changes a registry and collects the events.

    Attributes:
        now: time of the events, seconds.
        events: oldest first.
    """

    def __init__(self, registry: Registry) -> None:
        """Start without events."""
        self._registry = registry
        self.now = 0.0
        self.events: list[IdentityEvent] = []

    def create(self, tracklet: Tracklet) -> Identity:
        """Give a track a new identity."""
        identity = self._registry.create(tracklet.class_id, tracklet.first)
        self._link(tracklet, identity, AssignmentState.NEW)
        self._record(EventKind.CREATED, identity, tracklet)
        return identity

    def create_named(self, name: str, class_id: str) -> Identity:
        """Add an identity that was not seen yet."""
        identity = self._registry.create(class_id, self.now)
        self._record(EventKind.CREATED, identity)
        return self.rename(identity, name)

    def match(
        self, tracklet: Tracklet, identity: Identity, evidence: float, similarity: float
    ) -> None:
        """Give a track an identity that was known before."""
        self._link(tracklet, identity, AssignmentState.MATCHED, similarity)
        reason = f'evidence {evidence:.1f}'
        self._record(EventKind.MATCHED, identity, tracklet, similarity=similarity, reason=reason)

    def rename(self, identity: Identity, name: str) -> Identity:
        """Give an identity a name."""
        if identity.name != name:
            self._registry.rename(identity, name)
            self._record(EventKind.NAMED, identity)
        return identity

    def merge(
        self, one: Identity, other: Identity, reason: str, similarity: float = 0.0
    ) -> Identity:
        """Merge two identities; the one with a name remains, otherwise the older one."""
        kept, dropped = sorted((one, other), key=lambda i: (not i.name, i.global_id))
        for tracklet in dropped.tracklets:
            tracklet.state, tracklet.similarity = AssignmentState.MATCHED, similarity
        self._registry.replace(dropped, kept)
        self._record(
            EventKind.MERGED,
            kept,
            other=dropped.global_id,
            similarity=similarity,
            reason=reason,
        )
        return kept

    def split(self, tracklet: Tracklet, reason: str) -> Identity:
        """Give a track an identity of its own."""
        former = tracklet.identity
        self._registry.detach(tracklet)
        identity = self._registry.create(tracklet.class_id, tracklet.first)
        self._link(tracklet, identity, AssignmentState.NEW)
        self._record(EventKind.SPLIT, identity, tracklet, other=former, reason=reason)
        return identity

    def remove(self, identities: Sequence[Identity], kind: EventKind, reason: str) -> None:
        """Remove identities, with everything that is in memory of them."""
        if kind == EventKind.FORGOTTEN:
            for identity in identities:
                identity.name = ''
                for tracklet in identity.tracklets:
                    tracklet.forget()
        self._registry.remove(identities)
        for identity in identities:
            self._record(kind, identity, reason=reason)

    def _link(
        self,
        tracklet: Tracklet,
        identity: Identity,
        state: AssignmentState,
        similarity: float = 0.0,
    ) -> None:
        tracklet.state, tracklet.similarity = state, similarity
        self._registry.link(tracklet, identity)

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
        self.events.append(
            IdentityEvent(
                self.now,
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
