# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Identities and their embeddings, without locks; the data of a gallery."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.tracker.gallery.embedding_store import EmbeddingStore, Unit
from fairmot_ros.tracker.gallery.search import nearest_identities

Mask = NDArray[np.bool_]


class Match(NamedTuple):
    """An identity of the gallery that is similar to an embedding.

    Attributes:
        track_id: its track id, 0 if unknown.
        name: its name, '' if not enrolled.
        distance: cosine distance, 0..2.
    """

    track_id: int
    name: str
    distance: float


class Enrolled(NamedTuple):
    """One view of an enrolled identity: name, class and embedding [D] of unit length."""

    name: str
    class_id: int
    embedding: Unit


class IdentityStore:
    """Identities, each with one embedding or, if enrolled, several views.

    Attributes:
        embeddings: one row per embedding; see `ROW` for the columns.
        names: names of the enrolled identities by identity number.
    """

    def __init__(self, capacity: int) -> None:
        """Start empty, with room for `capacity` embeddings."""
        self.embeddings = EmbeddingStore(capacity)
        self.names: dict[int, str] = {}
        self._last_identity = 0

    def __len__(self) -> int:
        """Return the number of identities."""
        return len(np.unique(self.rows['identity']))

    @property
    def rows(self) -> NDArray:
        """A view of the rows [N], without the embeddings."""
        return self.embeddings.rows

    def enrolled(self) -> Mask:
        """Return which rows [N] belong to enrolled identities."""
        return np.isin(self.rows['identity'], list(self.names))

    def identity_of(self, name: str) -> int:
        """Return the number of an enrolled identity, 0 if the name is unknown."""
        return next((identity for identity, known in self.names.items() if known == name), 0)

    def views(self) -> Iterator[Enrolled]:
        """Yield a copy of each view of the enrolled identities."""
        for row, embedding in zip(self.rows, self.embeddings.embeddings):
            name = self.names.get(int(row['identity']))
            if name is not None:
                yield Enrolled(name, int(row['class_id']), embedding.copy())

    # -- unnamed identities -------------------------------------------------------------------

    def add_unnamed(self, unit: Unit, track_id: int, class_id: int) -> bool:
        """Store the embedding of a track, instead of an earlier one of the same id.

        Returns:
            Whether there was room, see `make_room`.
        """
        self.remove(self.rows['track_id'] == track_id)
        if not self.make_room(1):
            return False
        identity = self._new_identity()
        self.embeddings.add(unit, identity=identity, track_id=track_id, class_id=class_id)
        return True

    def make_room(self, count: int) -> bool:
        """Remove unnamed identities, longest absent first, until `count` embeddings fit.

        Returns:
            Whether they fit; nothing is removed if enrolled identities take up too much room.
        """
        excess = len(self.embeddings) + count - self.embeddings.capacity
        if excess > 0:
            unnamed = (~self.enrolled()).nonzero()[0]
            if len(unnamed) < excess:
                return False
            order = self.rows['left'][unnamed].argsort(kind='stable')
            self.embeddings.remove(unnamed[order[:excess]])
        return True

    def remove_unnamed(self, rows: Mask) -> None:
        """Remove the chosen rows [N] that do not belong to enrolled identities."""
        self.remove(rows & ~self.enrolled())

    def remove(self, rows: Mask) -> None:
        """Remove the chosen rows [N] and overwrite their embeddings."""
        self.embeddings.remove(rows.nonzero()[0])

    # -- enrolled identities ------------------------------------------------------------------

    def has_room_to_enrol(self, identity: int, count: int, max_views: int) -> bool:
        """Return whether `count` new views of an identity fit once unnamed ones are removed."""
        enrolled = int(np.count_nonzero(self.enrolled()))
        surplus = self._surplus_views(identity, count, max_views)
        return enrolled + count - surplus <= self.embeddings.capacity

    def enrol(
        self, identity: int, name: str, units: Sequence[Unit], class_id: int, max_views: int
    ) -> int:
        """Add views to an enrolled identity; the oldest ones above `max_views` are removed.

        Args:
            identity: its number, 0 for a new one.
            name: its name.
            units: its new views; `has_room_to_enrol` must be true for them.
            class_id: its class.
            max_views: largest number of views to keep.

        Returns:
            The number of the identity.
        """
        identity = identity or self._new_identity()
        self.names[identity] = name
        own = (self.rows['identity'] == identity).nonzero()[0]
        oldest = own[self.rows['added'][own].argsort()]
        self.embeddings.remove(oldest[: self._surplus_views(identity, len(units), max_views)])
        self.make_room(len(units))
        for unit in units:
            self.embeddings.add(unit, identity=identity, class_id=class_id, present=True)
        return identity

    def forget(self, rows: Mask) -> int:
        """Remove the chosen rows [N] and the names of their identities; return how many."""
        identities = np.unique(self.rows['identity'][rows]).tolist()
        self.remove(rows)
        for identity in identities:
            self.names.pop(identity, None)
        return len(identities)

    def _surplus_views(self, identity: int, added: int, max_views: int) -> int:
        """Return how many views of an identity must be removed before adding others."""
        views = int(np.count_nonzero(self.rows['identity'] == identity))
        return max(views + added - max_views, 0)

    # -- search -------------------------------------------------------------------------------

    def nearest(self, unit: Unit, count: int, max_distance: float) -> list[Match]:
        """Return up to `count` identities within a cosine distance, nearest first."""
        distance, rows = self.embeddings.distances(unit), self.rows
        chosen = nearest_identities(-distance, rows['identity'], count, -max_distance)
        return [
            Match(
                int(rows['track_id'][row]),
                self.names.get(int(rows['identity'][row]), ''),
                float(distance[row]),
            )
            for row in chosen.tolist()
        ]

    def reachable(self, box_xyxy: NDArray[np.float64], now: float, max_speed: float) -> Mask:
        """Return which identities can have moved to a box since their last observation.

        Args:
            box_xyxy: [4], the box.
            now: its time in seconds.
            max_speed: largest speed in box heights per second.
        """
        last = self.rows['box']
        height = np.maximum(last[:, 3] - last[:, 1], box_xyxy[3] - box_xyxy[1])
        centre_offset = (last[:, :2] + last[:, 2:] - box_xyxy[:2] - box_xyxy[2:]) / 2
        # One height is always allowed, for the errors of both boxes.
        heights = 1.0 + max_speed * np.maximum(now - self.rows['left'], 0.0)
        reachable: Mask = np.hypot(*centre_offset.T) <= height * heights
        return reachable

    def _new_identity(self) -> int:
        self._last_identity += 1
        return self._last_identity
