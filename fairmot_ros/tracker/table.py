# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Table of tracks: one array per attribute, one entry per track."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Indices = NDArray[np.int64]
Table = TypeVar('Table', bound='TrackTable')


@dataclass(eq=False)
class TrackTable:
    """N tracks. Associations add further attributes in subclasses.

    Times are in the unit of the association.

    Attributes:
        state: float64 [5, 4, N], state of the filter, see `kalman`.
        ids: int64 [N].
        class_ids: int64 [N].
        scores: float32 [N], score of the last matched detection.
        hits: int64 [N], number of matched detections.
        started: float64 [N], time of the first detection.
        seen: float64 [N], time of the last matched detection.
        confirmed: bool [N].
        embeddings: float32 [N, D], smoothed, unit length; D is 0 without embeddings.
    """

    state: Array
    ids: NDArray[np.int64]
    class_ids: NDArray[np.int64]
    scores: NDArray[np.float32]
    hits: NDArray[np.int64]
    started: Array
    seen: Array
    confirmed: NDArray[np.bool_]
    embeddings: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.ids)

    @classmethod
    def empty(cls: type[Table]) -> Table:
        """Return a table without tracks and without embeddings."""
        none = np.zeros(0)
        return cls.spawned(
            np.zeros((5, 4, 0)),
            class_ids=none.astype(np.int64),
            scores=none.astype(np.float32),
            embeddings=np.zeros((0, 0), np.float32),
            first_id=1,
            now=0.0,
            confirmed=none.astype(np.bool_),
        )

    @classmethod
    def spawned(
        cls: type[Table],
        state: Array,
        *,
        class_ids: NDArray[np.int64],
        scores: NDArray[np.float32],
        embeddings: NDArray[np.float32],
        first_id: int,
        now: float,
        confirmed: NDArray[np.bool_],
        **columns: NDArray,
    ) -> Table:
        """Return new tracks with one detection each.

        Args:
            state: [5, 4, N], initial state of the filter.
            class_ids: [N], classes of the detections.
            scores: [N], scores of the detections.
            embeddings: [N, D], embeddings of the detections.
            first_id: id of the first track; the others follow.
            now: time of the detections.
            confirmed: [N], whether each track is confirmed already.
            **columns: further attributes, of the subclass.
        """
        count = len(scores)
        return cls(
            state=state,
            ids=np.arange(first_id, first_id + count),
            class_ids=class_ids,
            scores=scores,
            hits=np.ones(count, np.int64),
            started=np.full(count, now),
            seen=np.full(count, now),
            confirmed=confirmed,
            embeddings=embeddings,
            **columns,
        )

    def add_embeddings(self, size: int) -> None:
        """Store embeddings of this size from now on; those of existing tracks are zero."""
        self.embeddings = np.zeros((len(self), size), np.float32)

    def take(self: Table, indices: Indices) -> Table:
        """Return copies of the chosen tracks, in that order."""
        state, *columns = vars(self).values()
        return type(self)(state.take(indices, 2), *(column.take(indices, 0) for column in columns))

    def joined(self: Table, other: Table) -> Table:
        """Return a table with these tracks, followed by those of another table."""
        (state, *columns), (other_state, *others) = vars(self).values(), vars(other).values()
        return type(self)(
            np.concatenate((state, other_state), axis=2),
            *map(np.concatenate, zip(columns, others)),
        )

    def overwrite(self: Table, index: int, other: Table) -> None:
        """Replace the tracks that start at an index by those of another table."""
        (state, *columns), (new_state, *new_columns) = vars(self).values(), vars(other).values()
        part = slice(index, index + len(other))
        state[:, :, part] = new_state
        for column, new in zip(columns, new_columns):
            column[part] = new
