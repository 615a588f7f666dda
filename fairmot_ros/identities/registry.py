# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The identities that are known, their tracks, names and embeddings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.identities.config import IdentitiesConfig
from fairmot_ros.identities.decisions import KnownIdentity
from fairmot_ros.identities.embedding_index import ENROLLED, EmbeddingIndex
from fairmot_ros.identities.tracklets import Tracklet

ViewKey = tuple[int, str, str]  # identity, model, key


class Identity:
    """One identity.

    Attributes:
        global_id, name, class_id: as in `KnownIdentity`.
        first_seen, last_seen: seconds.
        sources: those that saw it, a set in the order of insertion.
        tracklets: tracks that are visible, or were not long ago.
        former: ids of identities that were merged into it.
        place: time, x and y of the last known position, None without one.
    """

    def __init__(self, global_id: int, class_id: str, stamp: float, name: str = '') -> None:
        """Create a registry without tracks."""
        self.global_id, self.class_id, self.name = global_id, class_id, name
        self.first_seen = self.last_seen = stamp
        self.sources: dict[str, None] = {}
        self.tracklets: list[Tracklet] = []
        self.former: list[int] = []
        self.place: tuple[float, float, float] | None = None

    def saw(self, tracklet: Tracklet) -> None:
        """Take over the times of a track."""
        self.first_seen = min(self.first_seen, tracklet.first)
        self.last_seen = max(self.last_seen, tracklet.last)
        self.sources[tracklet.source] = None
        if tracklet.end is not None and (self.place is None or tracklet.end[0] >= self.place[0]):
            stamp, (x, y), _ = tracklet.end
            self.place = (stamp, float(x), float(y))


@dataclass
class Changes:
    """What must be written to the store.

    Attributes:
        identities: ids of new and changed ones.
        views: of new and changed embeddings.
        removed_views: of removed embeddings.
        tracklets: new and changed ones.
        replaced: (merged id, id that replaced it), in order.
    """

    identities: set[int] = field(default_factory=set)
    views: set[ViewKey] = field(default_factory=set)
    removed_views: set[ViewKey] = field(default_factory=set)
    tracklets: set[Tracklet] = field(default_factory=set)
    replaced: list[tuple[int, int]] = field(default_factory=list)

    def clear(self) -> None:
        """Remove all entries."""
        for entries in vars(self).values():
            entries.clear()


class Registry:
    """All identities by id, and an index of embeddings for each model.

    Ids rise; the id of a removed identity is not used again. A merged id leads to the identity
    that replaced it.

    Attributes:
        identities: by id.
        named: ids of those with a name.
        recent: those with tracks that are visible, or were not long ago, by id.
        indices: by model.
        replaced: which id replaced a merged one.
        changes: since they were last written.
    """

    def __init__(self, config: IdentitiesConfig, next_id: Callable[[], int] | None = None) -> None:
        """Start empty.

        Args:
            config: settings.
            next_id: returns an id that was never used; None counts from 1.
        """
        self.config = config
        self.identities: dict[int, Identity] = {}
        self.named: set[int] = set()
        self.recent: dict[int, Identity] = {}
        self.indices: dict[str, EmbeddingIndex] = {}
        self.replaced: dict[int, int] = {}
        self.changes = Changes()
        self._next_id = next_id or count(1).__next__

    def add(self, identity: Identity) -> None:
        """Add an identity that was stored before."""
        self.identities[identity.global_id] = identity
        if identity.name:
            self.named.add(identity.global_id)

    def create(self, class_id: str, stamp: float) -> Identity:
        """Add an identity with a new id."""
        identity = Identity(self._next_id(), class_id, stamp)
        self.identities[identity.global_id] = identity
        self.changes.identities.add(identity.global_id)
        return identity

    def find(self, key: int | str) -> Identity | None:
        """Return an identity by id (also one that was merged into it) or by name."""
        if isinstance(key, str):
            known = (self.identities[number] for number in self.named)
            return next((identity for identity in known if identity.name == key), None)
        while key in self.replaced:
            key = self.replaced[key]
        return self.identities.get(int(key))

    def rename(self, identity: Identity, name: str) -> None:
        """Give an identity a name."""
        identity.name = name
        self.named.add(identity.global_id)
        self.changes.identities.add(identity.global_id)

    # -- tracks -------------------------------------------------------------------------------

    def link(self, tracklet: Tracklet, identity: Identity) -> None:
        """Give a track its identity."""
        tracklet.identity = identity.global_id
        identity.tracklets.append(tracklet)
        self.recent[identity.global_id] = identity
        self.refresh(tracklet)

    def refresh(self, tracklet: Tracklet) -> None:
        """Take over the times and the embedding of a track to its identity."""
        identity = self.identities[tracklet.identity]
        identity.saw(tracklet)
        self.changes.identities.add(identity.global_id)
        self.changes.tracklets.add(tracklet)
        if tracklet.embedding is not None:
            self.put_view(
                identity, tracklet.model, tracklet.key, tracklet.embedding, tracklet.last
            )

    def unlink(self, tracklet: Tracklet) -> None:
        """Take a track from its identity, which keeps the embedding."""
        identity = self.identities.get(tracklet.identity)
        tracklet.identity = 0
        if identity is not None:
            identity.tracklets.remove(tracklet)
            if not identity.tracklets:
                self.recent.pop(identity.global_id, None)

    def detach(self, tracklet: Tracklet) -> None:
        """Take a track and its embedding from its identity."""
        index, identity = self.indices.get(tracklet.model), tracklet.identity
        if index is not None and index.remove(identity, tracklet.key):
            self._removed_view((identity, tracklet.model, tracklet.key))
        self.unlink(tracklet)

    # -- identities ---------------------------------------------------------------------------

    def remove(self, identities: Iterable[Identity]) -> None:
        """Remove identities, overwrite their embeddings, and do not write them any more."""
        numbers = set()
        for identity in identities:
            numbers.add(identity.global_id)
            for index in self.indices.values():
                index.remove(identity.global_id)
            self.identities.pop(identity.global_id, None)
            self.recent.pop(identity.global_id, None)
            for tracklet in identity.tracklets:
                tracklet.identity = 0
            for former in identity.former:
                self.replaced.pop(former, None)
            self.changes.tracklets.difference_update(identity.tracklets)
        self.named -= numbers
        self.changes.identities -= numbers
        self.changes.views = {view for view in self.changes.views if view[0] not in numbers}

    def replace(self, identity: Identity, by: Identity) -> None:
        """Move tracks, embeddings and the name of an identity to another one."""
        for model, index in self.indices.items():
            for key, (unit, stamp) in index.views(identity.global_id).items():
                self.put_view(by, model, key, unit, stamp)
        tracklets, identity.tracklets = identity.tracklets, []
        for tracklet in tracklets:
            self.link(tracklet, by)
        if identity.name:
            self.rename(by, by.name or identity.name)
        by.first_seen = min(by.first_seen, identity.first_seen)
        by.last_seen = max(by.last_seen, identity.last_seen)
        by.sources.update(identity.sources)
        by.former += [identity.global_id, *identity.former]
        identity.former = []
        self.remove([identity])
        self.replaced[identity.global_id] = by.global_id
        self.changes.identities.add(by.global_id)
        self.changes.replaced.append((identity.global_id, by.global_id))

    def put_view(
        self, identity: Identity, model: str, key: str, unit: NDArray[np.float32], stamp: float
    ) -> None:
        """Store an embedding of an identity; the oldest ones above `views` are removed."""
        index = self.indices.get(model)
        if index is None:
            index = self.indices[model] = EmbeddingIndex(len(unit))
        number = identity.global_id
        for old in index.put(number, key, unit, stamp, self.config.views):
            self._removed_view((number, model, old))
        self.changes.views.add((number, model, key))
        self.changes.removed_views.discard((number, model, key))

    def keep_views(self, identity: Identity) -> None:
        """Enrol the embeddings of an identity, so that they are kept when the tracks expire."""
        for model, index in self.indices.items():
            for key, (unit, stamp) in index.views(identity.global_id).items():
                if not key.startswith(ENROLLED):
                    self.put_view(identity, model, f'{ENROLLED}{key}', unit, stamp)

    def expire_views(self, oldest: float) -> None:
        """Remove the embeddings of tracks before a time."""
        for model, index in self.indices.items():
            for number, key in index.expire(oldest):
                self._removed_view((number, model, key))

    def known(self) -> Iterator[KnownIdentity]:
        """Yield all identities, in the order of their ids."""
        for identity in sorted(self.identities.values(), key=lambda i: i.global_id):
            yield KnownIdentity(
                identity.global_id,
                identity.name,
                identity.class_id,
                identity.first_seen,
                identity.last_seen,
                tuple(identity.sources),
                tuple((t.source, t.track_id) for t in identity.tracklets),
                sum(index.count(identity.global_id) for index in self.indices.values()),
            )

    def _removed_view(self, view: ViewKey) -> None:
        self.changes.removed_views.add(view)
        self.changes.views.discard(view)
