"""Between tracker and gallery: who left is remembered, who comes back gets the old id."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.tracker.gallery import Gallery


class People(NamedTuple):
    """The confirmed tracks of a tracker, visible or lost.

    Attributes:
        ids: int64 [N].
        class_ids: int64 [N].
        boxes_xyxy: float64 [N, 4].
        embeddings: float32 [N, D].
        seen: float64 [N], seconds, when last seen.
    """

    ids: NDArray[np.int64]
    class_ids: NDArray[np.int64]
    boxes_xyxy: NDArray[np.float64]
    embeddings: NDArray[np.float32]
    seen: NDArray[np.float64]


NOBODY = People(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros((0, 4)),
                np.zeros((0, 0), np.float32), np.zeros(0))


class Reunion:
    """Compares the people of each image with those of the last one."""

    def __init__(self, gallery: Gallery) -> None:
        """Start with nobody tracked."""
        self._gallery = gallery
        self._people = NOBODY

    def update(self, people: People, now: float) -> NDArray[np.int64]:
        """Remember who is gone and recall who is new.

        Args:
            people: after the present image; their arrays must not change later.
            now: in seconds.

        Returns:
            Their ids [N], the old ones of those who came back.
        """
        before, gallery = self._people, self._gallery
        gallery.expire(now)
        for i in (~np.isin(before.ids, people.ids)).nonzero()[0]:
            if before.embeddings[i].any():
                gallery.remember(int(before.ids[i]), before.embeddings[i],
                                 int(before.class_ids[i]), before.boxes_xyxy[i],
                                 float(before.seen[i]))
        ids = people.ids.copy()
        for i in (~np.isin(people.ids, before.ids)).nonzero()[0]:
            if people.embeddings[i].any():
                known = gallery.recall(people.embeddings[i], int(people.class_ids[i]),
                                       people.boxes_xyxy[i], now)
                ids[i] = known or ids[i]
        self._people = people._replace(ids=ids)
        return ids

    def restart(self) -> None:
        """Drop all tracks; see `Gallery.restart`."""
        self._people = NOBODY
        self._gallery.restart()
