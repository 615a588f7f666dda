"""Between tracker and gallery: who left is remembered, who comes back gets the old id."""

from __future__ import annotations

import numpy as np

from fairmot_ros.tracker import kalman
from fairmot_ros.tracker.association import Association
from fairmot_ros.tracker.gallery import Gallery
from fairmot_ros.tracker.published import PublishedAssociation
from fairmot_ros.tracker.table import CLASS_ID, CONFIRMED, ID, SEEN, TrackTable


class Reunion:
    """Compares the confirmed tracks of each image with those of the last one."""

    def __init__(self, gallery: Gallery) -> None:
        """Start with nobody tracked."""
        self._gallery = gallery
        self._people = TrackTable.empty()

    def restart(self) -> None:
        """Forget the tracks; see `Gallery.restart`."""
        self._people = TrackTable.empty()
        self._gallery.restart()

    def update(self, association: Association | PublishedAssociation) -> None:
        """Remember who is gone, recall who is new and put old ids into the table.

        Args:
            association: after the present image.
        """
        table, gallery, rate = association.table, self._gallery, association.rate
        now = (association.now or 0.0) / rate
        rows = (table.column(CONFIRMED) > 0).nonzero()[0]
        before, people = self._people, table.take(rows)
        gallery.expire(now)
        for i in (~np.isin(before.ids, people.ids)).nonzero()[0]:
            if before.embeddings[i].any():
                gallery.remember(
                    int(before.ids[i]), before.embeddings[i], int(before.numbers[i, CLASS_ID]),
                    association.form.to_xyxy(before.state[i:i + 1, kalman.P])[0],
                    float(before.numbers[i, SEEN]) / rate)
        for i in (~np.isin(people.ids, before.ids)).nonzero()[0]:
            if people.embeddings[i].any():
                known = gallery.recall(
                    people.embeddings[i], int(people.numbers[i, CLASS_ID]),
                    association.form.to_xyxy(people.state[i:i + 1, kalman.P])[0], now)
                if known is not None:
                    people.numbers[i, ID] = table.numbers[rows[i], ID] = known
        self._people = people
