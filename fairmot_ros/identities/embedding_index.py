"""The embeddings of all identities of one model, and the search among them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.tracker.gallery.search import nearest_identities, similarities

Unit = NDArray[np.float32]

#: Beginning of the keys of enrolled embeddings; other keys are names of tracks.
ENROLLED = '/enrolled/'


class EmbeddingIndex:
    """Embeddings of identities, one per identity and key (a track); exact search.

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
        self._stamps = np.zeros(64)
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
        if row is None:
            row = self._append(identity, key)
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
        similarity = similarities(unit, self._embeddings[:total])
        rows = nearest_identities(similarity, self._identities[:total], count, min_similarity)
        return [(int(self._identities[row]), float(similarity[row])) for row in rows]

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
            self._stamps[row] = self._stamps[last]
            self._keys[row] = self._keys[last]
            self._rows[int(self._identities[row])][self._keys[row]] = row
        self._embeddings[last] = 0
        self._identities[last] = 0
        self._keys.pop()
