"""The embeddings of all identities of one model, and the search among them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.tracker.gallery.search import nearest_identities, similarities

Unit = NDArray[np.float32]


class EmbeddingIndex:
    """Embeddings of identities, one per identity and key (a source); exact search.

    Removed embeddings are overwritten.
    """

    def __init__(self, size: int) -> None:
        """Start empty.

        Args:
            size: D of all embeddings.
        """
        self.size = size
        self._embeddings = np.zeros((64, size), np.float32)
        self._identities = np.zeros(64, np.int64)
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

    def put(self, identity: int, key: str, unit: Unit, max_views: int) -> list[str]:
        """Add an embedding, in place of an earlier one with the same key.

        Returns:
            Keys of embeddings of the identity that were removed, as it had more than `max_views`.
        """
        self.check_size(unit)
        views = self._rows.setdefault(identity, {})
        row = views.pop(key, None)
        if row is None:
            row = self._append(identity, key)
        self._embeddings[row] = unit
        views[key] = row  # last: the newest
        surplus = list(views)[: max(len(views) - max_views, 0)]
        for old in surplus:
            self._remove(identity, old)
        return surplus

    def views(self, identity: int) -> dict[str, Unit]:
        """Return copies of the embeddings of an identity by key, oldest first."""
        views = self._rows.get(identity, {})
        return {key: self._embeddings[row].copy() for key, row in views.items()}

    def count(self, identity: int) -> int:
        """Return the number of embeddings of an identity."""
        return len(self._rows.get(identity, ()))

    def remove(self, identity: int) -> None:
        """Remove and overwrite all embeddings of an identity."""
        for key in list(self._rows.get(identity, ())):
            self._remove(identity, key)

    def nearest(self, unit: Unit, count: int, min_similarity: float) -> list[tuple[int, float]]:
        """Return the identities most similar to an embedding [D], with their similarity."""
        self.check_size(unit)
        total = len(self)
        similarity = similarities(unit, self._embeddings[:total])
        rows = nearest_identities(similarity, self._identities[:total], count, min_similarity)
        return [(int(self._identities[row]), float(similarity[row])) for row in rows]

    def similarity(self, unit: Unit, identity: int) -> float | None:
        """Return the largest similarity to the embeddings of an identity, None without any."""
        rows = list(self._rows.get(identity, {}).values())
        if not rows or len(unit) != self.size:
            return None
        return float(similarities(unit, self._embeddings[rows]).max())

    def _append(self, identity: int, key: str) -> int:
        row = len(self._keys)
        if row == len(self._embeddings):
            old = self._embeddings
            self._embeddings = np.concatenate((old, np.zeros_like(old)))
            self._identities = np.concatenate((self._identities, np.zeros_like(self._identities)))
            old[:] = 0
        self._identities[row] = identity
        self._keys.append(key)
        return row

    def _remove(self, identity: int, key: str) -> None:
        """Move the last row to the place of a removed one, and overwrite the last one."""
        row, last = self._rows[identity].pop(key), len(self._keys) - 1
        if not self._rows[identity]:
            del self._rows[identity]
        if row != last:
            self._embeddings[row] = self._embeddings[last]
            self._identities[row] = self._identities[last]
            self._keys[row] = self._keys[last]
            self._rows[int(self._identities[row])][self._keys[row]] = row
        self._embeddings[last] = 0
        self._identities[last] = 0
        self._keys.pop()
