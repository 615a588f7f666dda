"""The identities that are known, their names and their embeddings."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.identities.config import IdentitiesConfig
from fairmot_ros.identities.decisions import KnownIdentity
from fairmot_ros.identities.embedding_index import EmbeddingIndex
from fairmot_ros.identities.tracklets import Tracklet


class Identity:
    """One identity.

    Attributes:
        global_id, name, class_id: as in `KnownIdentity`.
        first_seen, last_seen: seconds.
        sources: time of the last observation by source.
        tracklets: tracks that are visible, or were not long ago.
    """

    def __init__(self, global_id: int, class_id: str, stamp: float, name: str = '') -> None:
        """Start without tracks."""
        self.global_id, self.class_id, self.name = global_id, class_id, name
        self.first_seen = self.last_seen = stamp
        self.sources: dict[str, float] = {}
        self.tracklets: list[Tracklet] = []

    def saw(self, tracklet: Tracklet) -> None:
        """Take over the times of a track."""
        self.first_seen = min(self.first_seen, tracklet.first)
        self.last_seen = max(self.last_seen, tracklet.last)
        self.sources[tracklet.source] = max(
            self.sources.get(tracklet.source, tracklet.last), tracklet.last
        )


class Registry:
    """All identities by id, and an index of embeddings for each model.

    Ids rise; the id of a removed identity is not used again. A merged id leads to the identity
    that replaced it.
    """

    def __init__(self, config: IdentitiesConfig, next_id: int = 1) -> None:
        """Start empty."""
        self.config = config
        self.identities: dict[int, Identity] = {}
        #: Those with tracks that are visible, or were not long ago.
        self.recent: dict[int, Identity] = {}
        self.indices: dict[str, EmbeddingIndex] = {}
        self._next_id = next_id
        self._replaced: dict[int, int] = {}

    def create(self, class_id: str, stamp: float, name: str = '') -> Identity:
        """Add an identity with a new id."""
        identity = Identity(self._next_id, class_id, stamp, name)
        self._next_id += 1
        self.identities[identity.global_id] = identity
        return identity

    def link(self, tracklet: Tracklet, identity: Identity) -> None:
        """Give a track its identity."""
        tracklet.identity = identity.global_id
        identity.tracklets.append(tracklet)
        identity.saw(tracklet)
        self.recent[identity.global_id] = identity

    def unlink(self, tracklet: Tracklet) -> None:
        """Take a track from its identity."""
        identity = self.identities.get(tracklet.identity)
        tracklet.identity = 0
        if identity is not None:
            identity.tracklets.remove(tracklet)
            if not identity.tracklets:
                self.recent.pop(identity.global_id, None)

    def find(self, key: int | str) -> Identity | None:
        """Return an identity by id (also one that was merged into it) or by name."""
        if isinstance(key, str):
            return next((i for i in self.identities.values() if key and i.name == key), None)
        while key in self._replaced:
            key = self._replaced[key]
        return self.identities.get(key)

    def remove(self, identity: Identity) -> None:
        """Remove an identity and overwrite its embeddings."""
        for index in self.indices.values():
            index.remove(identity.global_id)
        self.identities.pop(identity.global_id, None)
        self.recent.pop(identity.global_id, None)
        for tracklet in identity.tracklets:
            tracklet.identity = 0

    def replace(self, identity: Identity, by: Identity) -> None:
        """Move tracks, embeddings and the name of an identity to another one."""
        for tracklet in identity.tracklets:
            self.link(tracklet, by)
        identity.tracklets = []
        for model, index in self.indices.items():
            for key, unit in index.views(identity.global_id).items():
                self.put_view(by, model, key, unit)
        by.name = by.name or identity.name
        by.first_seen = min(by.first_seen, identity.first_seen)
        by.last_seen = max(by.last_seen, identity.last_seen)
        for source, stamp in identity.sources.items():
            by.sources[source] = max(by.sources.get(source, stamp), stamp)
        self.remove(identity)
        self._replaced[identity.global_id] = by.global_id

    def put_view(
        self, identity: Identity, model: str, key: str, unit: NDArray[np.float32]
    ) -> list[str]:
        """Store an embedding of an identity; see `EmbeddingIndex.put`."""
        index = self.indices.get(model)
        if index is None:
            index = self.indices[model] = EmbeddingIndex(len(unit))
        return index.put(identity.global_id, key, unit, self.config.views)

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
