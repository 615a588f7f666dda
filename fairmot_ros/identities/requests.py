# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Requests of users: list, query, enrol, merge, split and forget."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fairmot_ros.identities.decisions import (
    EventKind,
    IdentityCounts,
    IdentityMatch,
    KnownIdentity,
)
from fairmot_ros.identities.embedding_index import ENROLLED
from fairmot_ros.identities.registry import Identity
from fairmot_ros.identities.state import IdentityState
from fairmot_ros.tracker.gallery.embedding_store import as_unit


class IdentityRequests(IdentityState):
    """What users ask for; requests that cannot be fulfilled raise ValueError and say why."""

    def identities(self) -> list[KnownIdentity]:
        """Return all identities, in the order of their ids."""
        with self._lock:
            return list(self._registry.known())

    def counts(self) -> IdentityCounts:
        """Return how many identities there are; unlike `identities`, cheap with any number."""
        with self._lock:
            registry = self._registry
            return IdentityCounts(
                len(registry.identities), len(registry.named), len(registry.recent)
            )

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
            self.check_sizes(units, model)
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

    def embeddings(self, global_id: int) -> dict[str, NDArray[np.float32]]:
        """Return copies of the embeddings [V, D] of an identity, by model.

        Raises:
            ValueError: if the identity is unknown.
        """
        with self._lock:
            number = self._find(global_id).global_id
            views = {m: i.views(number).values() for m, i in self._registry.indices.items()}
            return {
                m: np.array([unit for unit, _ in found]) for m, found in views.items() if found
            }

    def check_sizes(self, units: Sequence[NDArray[np.float32] | None], model: str) -> None:
        """Raise ValueError if an embedding has another size than known ones of the model."""
        with self._lock:
            index = self._registry.indices.get(model)
            for unit in units:
                if index is not None and unit is not None:
                    index.check_size(unit)

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

    def _find(self, global_id: int) -> Identity:
        identity = self._registry.find(global_id)
        if identity is None:
            raise ValueError(f'no identity has the id {global_id}; list them to see which exist')
        return identity


def _rows(embeddings: ArrayLike) -> NDArray[np.float32]:
    return np.atleast_2d(np.asarray(embeddings, np.float32))
