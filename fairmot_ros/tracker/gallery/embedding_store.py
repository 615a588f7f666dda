"""A store of embeddings in one array of a fixed size; removed embeddings are overwritten."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

Rows = NDArray[np.int64]
Unit = NDArray[np.float32]

ROW = np.dtype(
    [
        ('added', np.int64),  # counts up
        ('identity', np.int64),  # the same for all views of an identity
        ('track_id', np.int64),  # 0 if unknown
        ('class_id', np.int64),
        ('present', np.bool_),  # tracked, as far as is known
        ('left', np.float64),  # seconds, time of the last observation
        ('box', np.float64, 4),  # xyxy of the last observation
    ]
)


class EmbeddingStore:
    """Rows with an embedding each, in no particular order.

    Attributes:
        capacity: largest number of rows.
    """

    def __init__(self, capacity: int) -> None:
        """Start empty; the first embedding decides on their length."""
        self.capacity = capacity
        # Filled up to `_count`; zero from there on.
        self._rows = np.zeros(capacity, ROW)
        self._embeddings = np.zeros((capacity, 0), np.float32)
        self._count = 0
        self._added = 0

    def __len__(self) -> int:
        return self._count

    @property
    def rows(self) -> NDArray:
        """A view of the rows [N], without the embeddings."""
        return self._rows[: self._count]

    @property
    def embeddings(self) -> NDArray[np.float32]:
        """A view of the embeddings [N, D]."""
        return self._embeddings[: self._count]

    def add(self, unit: Unit, **columns: int | bool) -> None:
        """Add a row, after `check_size` and while there are fewer than `capacity`."""
        row = self._count
        self._added += 1
        self._count += 1
        self._embeddings[row] = unit
        self._rows[row]['added'] = self._added
        for name, value in columns.items():
            self._rows[row][name] = value

    def remove(self, rows: Rows) -> None:
        """Replace rows by the last ones, and overwrite those with zeros."""
        for row in np.sort(rows)[::-1]:
            last = self._count - 1
            self._embeddings[row] = self._embeddings[last]
            self._rows[row] = self._rows[last]
            self._embeddings[last] = 0
            self._rows[last] = np.zeros((), ROW)
            self._count = last

    def distances(self, unit: Unit) -> NDArray[np.float32]:
        """Return the cosine distance [N] of every row."""
        return np.maximum(0.0, 1.0 - self.embeddings @ unit)

    def check_size(self, unit: Unit) -> None:
        """Raise ValueError if an embedding has another length than those in the store."""
        if not self._count and self._embeddings.shape[1] != len(unit):
            self._embeddings = np.zeros((self.capacity, len(unit)), np.float32)
        if self._embeddings.shape[1] != len(unit):
            raise ValueError(
                f'the embedding has {len(unit)} numbers, but those of the gallery have '
                f'{self._embeddings.shape[1]}: they are not of the same model'
            )


def as_unit(embedding: ArrayLike) -> Unit:
    """Return an embedding [D] at unit length; raise ValueError if that is impossible."""
    vector = np.asarray(embedding, np.float32)
    norm = math.sqrt(float(vector @ vector)) if vector.ndim == 1 else math.nan
    if not (math.isfinite(norm) and norm > 0):
        raise ValueError(
            f'an embedding must be a list of finite numbers, not all zero, got the shape '
            f'{list(vector.shape)}'
        )
    unit: Unit = vector / np.float32(norm)
    return unit
