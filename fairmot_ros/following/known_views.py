# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Embeddings of the followed person and of people who are certainly others."""

from __future__ import annotations

import math
from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.tracker.gallery.embedding_store import EmbeddingStore, as_unit

FOLLOWED = 0  # identity of the followed person; others have their track ids, from 1 on
#: Views kept of the followed person, and of each other one; the most redundant are replaced.
OWN_VIEWS, OTHER_VIEWS = 16, 4
#: Views of others in total; the oldest ones are replaced.
ALL_OTHER_VIEWS = 256


class KnownViews:
    """Views (embeddings) by identity, in the gallery's store: removed ones are overwritten."""

    def __init__(self) -> None:
        """Start without views."""
        self._store = EmbeddingStore(OWN_VIEWS + ALL_OTHER_VIEWS)

    def __len__(self) -> int:
        return len(self._store)

    @property
    def has_followed(self) -> bool:
        """Whether there is a view of the followed person."""
        return self.knows(FOLLOWED)

    @property
    def others(self) -> set[int]:
        """Ids of the others of whom there are views."""
        return set(self._store.rows['identity'].tolist()) - {FOLLOWED}

    def knows(self, identity: int) -> bool:
        """Return whether there is a view of an identity."""
        return bool((self._store.rows['identity'] == identity).any())

    def forget(self, identity: int, since: float = -math.inf) -> None:
        """Remove the views of an identity, or those after a time."""
        rows = self._store.rows
        self._store.remove(((rows['identity'] == identity) & (rows['left'] > since)).nonzero()[0])

    def clear(self) -> None:
        """Remove all views."""
        self._store.remove(np.arange(len(self._store)))

    def add(
        self, identity: int, embedding: NDArray[np.float32], novelty: float, stamp: float
    ) -> None:
        """Add a view, unless a known one of the same identity is nearer than `novelty`.

        Args:
            identity: FOLLOWED or the track id of another person.
            embedding: [D].
            novelty: cosine distance.
            stamp: time of the view in seconds.
        """
        unit, store = as_unit(embedding), self._store
        try:
            store.check_size(unit)
        except ValueError:  # another model: the views are of no use any more
            self.clear()
            store.check_size(unit)
        rows = store.rows['identity']
        own = (rows == identity).nonzero()[0]
        if len(own) and float(store.distances(unit)[own].min()) < novelty:
            return
        if len(own) >= (OWN_VIEWS if identity == FOLLOWED else OTHER_VIEWS):
            store.remove(own[[self._most_redundant(own)]])
        others = (store.rows['identity'] != FOLLOWED).nonzero()[0]
        if identity != FOLLOWED and len(others) >= ALL_OTHER_VIEWS:
            oldest = others[[store.rows['added'][others].argmin()]]
            store.remove(oldest)
        store.add(unit, identity=identity, left=stamp)

    def distances(
        self, embedding: NDArray[np.float32], others: Collection[int], until: float = math.inf
    ) -> tuple[float, float]:
        """Return the distances to the nearest view of the followed person and of certain others.

        They are infinite if there is no such view, or if the embedding is of another size.

        Args:
            embedding: [D].
            others: ids of the others.
            until: time of the last view of the followed person that counts.
        """
        unit, store = as_unit(embedding), self._store
        if not len(store) or store.embeddings.shape[1] != len(unit):
            return float('inf'), float('inf')
        found, identities = store.distances(unit), store.rows['identity']
        own = (identities == FOLLOWED) & (store.rows['left'] <= until)
        return (
            float(found.min(where=own, initial=np.inf)),
            float(found.min(where=np.isin(identities, list(others)), initial=np.inf)),
        )

    def _most_redundant(self, rows: NDArray[np.int64]) -> int:
        """Return which of the rows is nearest to another one; the older one of that pair."""
        units = self._store.embeddings[rows]
        similarity = units @ units.T
        np.fill_diagonal(similarity, -np.inf)
        first, second = np.unravel_index(int(similarity.argmax()), similarity.shape)
        added = self._store.rows['added'][rows]
        return int(first if added[first] < added[second] else second)
