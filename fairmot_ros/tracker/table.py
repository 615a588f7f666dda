"""The tracks of one tracker, with a row per track and a column per number.

Two arrays hold everything, as each image takes, joins and reorders rows several times and every
array costs its call.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.tracker import kalman

Array = NDArray[np.float64]

ID, CLASS_ID, SCORE, HITS, STARTED, SEEN, CONFIRMED, DOOMED, EVIDENCE = range(
    kalman.SIZE, kalman.SIZE + 9
)
COLUMNS = kalman.SIZE + 9


class TrackTable:
    """Tracks by row.

    Attributes:
        numbers: float64 [N, COLUMNS]: the filter's state (see `kalman`), then the columns named
            above: id, class, score of the last matched detection, number of those, time of the
            first and of the last one, whether the track is confirmed, whether it is doomed (in
            the published association: outlived its time once), and what speaks
            for it (see `association.evidence`). Ids are exact up to 2^53.
        embeddings: float32 [N, D], smoothed, unit length; D is 0 without embeddings.
    """

    __slots__ = ('embeddings', 'numbers')

    def __init__(self, numbers: Array, embeddings: NDArray[np.float32]) -> None:
        """Hold two arrays of as many rows."""
        self.numbers = numbers
        self.embeddings = embeddings

    def __len__(self) -> int:
        return len(self.numbers)

    @staticmethod
    def empty(embedding_size: int = 0) -> TrackTable:
        """Return a table without rows."""
        return TrackTable(np.zeros((0, COLUMNS)), np.zeros((0, embedding_size), np.float32))

    @staticmethod
    def of_new(
        state: Array,
        class_ids: NDArray,
        scores: NDArray,
        embeddings: NDArray[np.float32],
        first_id: int,
        now: float,
        confirmed: NDArray[np.bool_] | bool,
    ) -> TrackTable:
        """Return tracks that start now, numbered from `first_id` on."""
        count = len(state)
        numbers = np.zeros((count, COLUMNS))
        numbers[:, : kalman.SIZE] = state
        numbers[:, ID] = range(first_id, first_id + count)
        numbers[:, CLASS_ID] = class_ids
        numbers[:, SCORE] = scores
        numbers[:, HITS] = 1
        numbers[:, STARTED] = numbers[:, SEEN] = now
        numbers[:, CONFIRMED] = confirmed
        return TrackTable(numbers, embeddings)

    def make_room(self, embedding_size: int) -> None:
        """Let tracks have embeddings from now on; the present ones start with zeros."""
        self.embeddings = np.zeros((len(self), embedding_size), np.float32)

    def take(self, rows: NDArray) -> TrackTable:
        """Return the chosen rows, copied, in that order."""
        return TrackTable(self.numbers.take(rows, 0), self.embeddings.take(rows, 0))

    def joined(self, other: TrackTable) -> TrackTable:
        """Return these rows, then the other table's."""
        return TrackTable(
            np.concatenate((self.numbers, other.numbers)),
            np.concatenate((self.embeddings, other.embeddings)),
        )

    @property
    def state(self) -> Array:
        """A view of the filter's state [N, 20], see `kalman`."""
        return self.numbers[:, : kalman.SIZE]

    @property
    def ids(self) -> NDArray[np.int64]:
        """Ids [N]."""
        return self.numbers[:, ID].astype(np.int64)

    def column(self, column: int) -> Array:
        """Return a view of one column [N]."""
        return self.numbers[:, column]


def unit_length(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Scale each row to length 1; a zero row stays zero."""
    norms = np.sqrt(np.einsum('nd,nd->n', vectors, vectors))[:, None]
    return vectors / np.maximum(norms, np.float32(1e-30))
