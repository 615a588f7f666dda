# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The embeddings of all identities of one model, and the search among them.

Up to `EXACT` embeddings, search is exact; above it, an index is used if hnswlib is installed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.identities import approximate_search
from fairmot_ros.identities.approximate_search import UNCHANGED, ApproximateSearch
from fairmot_ros.tracker.gallery.search import nearest_identities, similarities

Unit = NDArray[np.float32]

#: Largest number of embeddings that are searched exactly, in about 5 ms.
EXACT = 100_000
#: Beginning of the keys of enrolled embeddings; other keys are names of tracks.
ENROLLED = '/enrolled/'


class EmbeddingIndex:
    """Embeddings of identities, one per identity and key (a track).

    Removed embeddings are overwritten.
    """

    def __init__(self, size: int) -> None:
        """Create an empty index.

        Args:
            size: number of elements of an embedding, D.
        """
        self.size = size
        self._embeddings = np.zeros((64, size), np.float32)
        self._identities = np.zeros(64, np.int64)
        self._stamps = np.zeros(64)
        self._labels = np.zeros(64, np.int64)  # for the approximate search
        self._row_of: dict[int, int] = {}  # by label
        self._last_label = 0
        self._approximate: ApproximateSearch | None = None
        self._keys: list[str] = []
        self._rows: dict[int, dict[str, int]] = {}  # identity -> key -> row, oldest first

    def __len__(self) -> int:
        return len(self._keys)

    def check_size(self, unit: Unit) -> None:
        """Raise ValueError if an embedding has another size."""
        if len(unit) != self.size:
            raise ValueError(
                f'the embedding has {len(unit)} numbers; expected {self.size}, as other '
                'embeddings of the same model'
            )

    def put(self, identity: int, key: str, unit: Unit, stamp: float, max_views: int) -> list[str]:
        """Add an embedding, in place of an earlier one with the same key.

        Args:
            identity: its identity.
            key: name of a track, or `ENROLLED` and more.
            unit: [D].
            stamp: its time, seconds.
            max_views: largest number of embeddings of tracks, and of enrolled ones.

        Returns:
            Keys of the embeddings that were removed because there were more.
        """
        self.check_size(unit)
        views = self._rows.setdefault(identity, {})
        row = views.pop(key, None)
        is_new = row is None
        if row is None:
            row = self._append(identity, key)
        if self._approximate is not None:
            if is_new or float(self._embeddings[row] @ unit) < UNCHANGED:
                self._approximate.add(int(self._labels[row]), unit)
        elif len(self) > EXACT and approximate_search.AVAILABLE:
            self._embeddings[row] = unit
            count = len(self)
            self._approximate = ApproximateSearch(self._embeddings[:count], self._labels[:count])
        self._embeddings[row], self._stamps[row] = unit, stamp
        views[key] = row  # last: the newest
        alike = [k for k in views if k.startswith(ENROLLED) == key.startswith(ENROLLED)]
        surplus = alike[: max(len(alike) - max_views, 0)]
        for old in surplus:
            self._remove(identity, old)
        return surplus

    def expire(self, oldest: float) -> list[tuple[int, str]]:
        """Remove embeddings of tracks before a time; returns their identities and keys."""
        rows = (self._stamps[: len(self)] < oldest).nonzero()[0].tolist()
        expired = [(int(self._identities[row]), self._keys[row]) for row in rows]
        expired = [view for view in expired if not view[1].startswith(ENROLLED)]
        for identity, key in expired:
            self._remove(identity, key)
        return expired

    def views(self, identity: int) -> dict[str, tuple[Unit, float]]:
        """Return copies of the embeddings of an identity, and their times, by key."""
        views = self._rows.get(identity, {})
        return {
            key: (self._embeddings[row].copy(), float(self._stamps[row]))
            for key, row in views.items()
        }

    def count(self, identity: int) -> int:
        """Return the number of embeddings of an identity."""
        return len(self._rows.get(identity, ()))

    def remove(self, identity: int, key: str = '') -> bool:
        """Remove and overwrite one embedding of an identity, or all; whether there was one."""
        keys = [k for k in self._rows.get(identity, ()) if key in ('', k)]
        for each in keys:
            self._remove(identity, each)
        return bool(keys)

    def nearest(self, unit: Unit, count: int, min_similarity: float) -> list[tuple[int, float]]:
        """Return the identities most similar to an embedding [D], with their similarity."""
        self.check_size(unit)
        total = len(self)
        if self._approximate is not None and self._approximate.ready:
            labels = self._approximate.nearest(unit, count)
            rows = np.array([self._row_of[label] for label in labels], np.int64)
        else:
            rows = np.arange(total)
        chosen = self._embeddings[:total] if len(rows) == total else self._embeddings[rows]
        similarity = similarities(unit, chosen)
        identities = self._identities[rows]
        best = nearest_identities(similarity, identities, count, min_similarity)
        return [(int(identities[row]), float(similarity[row])) for row in best]

    def similarity(self, unit: Unit, identity: int, without: str = '') -> float | None:
        """Return the largest similarity to the embeddings of an identity, None without any.

        Args:
            unit: [D].
            identity: the identity.
            without: key of an embedding that is left out.
        """
        rows = [row for key, row in self._rows.get(identity, {}).items() if key != without]
        if not rows or len(unit) != self.size:
            return None
        return float(similarities(unit, self._embeddings[rows]).max())

    def _append(self, identity: int, key: str) -> int:
        row = len(self._keys)
        if row == len(self._embeddings):
            old = self._embeddings
            self._embeddings = np.concatenate((old, np.zeros_like(old)))
            self._identities = np.concatenate((self._identities, np.zeros_like(self._identities)))
            self._stamps = np.concatenate((self._stamps, np.zeros_like(self._stamps)))
            self._labels = np.concatenate((self._labels, np.zeros_like(self._labels)))
            old[:] = 0
        self._identities[row] = identity
        self._last_label += 1
        self._labels[row] = self._last_label
        self._row_of[self._last_label] = row
        self._keys.append(key)
        return row

    def _remove(self, identity: int, key: str) -> None:
        """Move the last row to the place of a removed one, and overwrite the last one."""
        row, last = self._rows[identity].pop(key), len(self._keys) - 1
        if not self._rows[identity]:
            del self._rows[identity]
        label = int(self._labels[row])
        del self._row_of[label]
        if self._approximate is not None:
            self._approximate.remove(label)
        if row != last:
            self._embeddings[row] = self._embeddings[last]
            self._identities[row] = self._identities[last]
            self._stamps[row] = self._stamps[last]
            self._labels[row] = self._labels[last]
            self._row_of[int(self._labels[row])] = row
            self._keys[row] = self._keys[last]
            self._rows[int(self._identities[row])][self._keys[row]] = row
        self._embeddings[last] = 0
        self._identities[last] = self._labels[last] = 0
        self._keys.pop()
