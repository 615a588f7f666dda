# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Embeddings in one array of fixed size; removed embeddings are overwritten with zeros."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fairmot_ros.tracker.gallery.search import similarities

Rows = NDArray[np.int64]
Unit = NDArray[np.float32]

ROW = np.dtype(
    [
        ('added', np.int64),  # running number of the view
        ('identity', np.int64),  # number of the identity, common to all its views
        ('track_id', np.int64),  # 0 if unknown
        ('class_id', np.int64),
        ('present', np.bool_),  # whether it is tracked now
        ('left', np.float64),  # time of the last observation in seconds
        ('box', np.float64, 4),  # box of the last observation, xyxy
    ]
)


class EmbeddingStore:
    """Rows of `ROW`, each with an embedding, in no particular order.

    Attributes:
        capacity: largest number of rows.
    """

    def __init__(self, capacity: int) -> None:
        """Start empty; the first embedding determines the size of all."""
        self.capacity = capacity
        # Rows from `_count` on are unused and zero.
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

    def add(self, unit: Unit, **columns: float | bool) -> None:
        """Add a row; call `check_size` first, and only while there are fewer than `capacity`."""
        row = self._count
        self._added += 1
        self._count += 1
        self._embeddings[row] = unit
        self._rows[row]['added'] = self._added
        for name, value in columns.items():
            self._rows[row][name] = value

    def remove(self, rows: Rows) -> None:
        """Remove rows: move the last ones to their places and overwrite the rest with zeros."""
        for row in np.sort(rows)[::-1]:
            last = self._count - 1
            self._embeddings[row] = self._embeddings[last]
            self._rows[row] = self._rows[last]
            self._embeddings[last] = 0
            self._rows[last] = np.zeros((), ROW)
            self._count = last

    def distances(self, unit: Unit) -> NDArray[np.float32]:
        """Return the cosine distance [N] of every row to an embedding [D] of unit length."""
        return np.float32(1.0) - similarities(unit, self.embeddings)

    def check_size(self, unit: Unit) -> None:
        """Raise ValueError if the size of an embedding differs from that of the stored ones."""
        if not self._count and self._embeddings.shape[1] != len(unit):
            self._embeddings = np.zeros((self.capacity, len(unit)), np.float32)
        if self._embeddings.shape[1] != len(unit):
            raise ValueError(
                f'the embedding has {len(unit)} numbers; expected '
                f'{self._embeddings.shape[1]}, as those of the gallery: use the same model'
            )


def as_unit(embedding: ArrayLike) -> Unit:
    """Scale an embedding [D] to unit length.

    Raises:
        ValueError: if it is not a vector, not finite or zero.
    """
    vector = np.asarray(embedding, np.float32)
    norm = math.sqrt(float(vector @ vector)) if vector.ndim == 1 else math.nan
    if not (math.isfinite(norm) and norm > 0):
        raise ValueError(
            'an embedding must be a list of finite numbers that are not all zero, got shape '
            f'{list(vector.shape)}'
        )
    unit: Unit = vector / np.float32(norm)
    return unit
