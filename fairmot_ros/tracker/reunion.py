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
        self._table = TrackTable.empty()
        self._ids = np.zeros(0)  # of the confirmed tracks in it

    def restart(self) -> None:
        """Forget the tracks; see `Gallery.restart`."""
        self._table = TrackTable.empty()
        self._ids = np.zeros(0)
        self._gallery.restart()

    def update(self, association: Association | PublishedAssociation) -> None:
        """Remember who is gone, recall who is new and put old ids into the table.

        Args:
            association: after the present image.
        """
        rate, to_xyxy = association.rate, association.form.to_xyxy
        before, table = self._table, association.table
        now = (association.now or 0.0) / rate
        rows = (table.column(CONFIRMED) > 0).nonzero()[0]
        ids = table.numbers[rows, ID]
        self._gallery.expire(now)
        if not np.array_equal(ids, self._ids):
            for track_id in np.setdiff1d(self._ids, ids):
                row = int((before.column(ID) == track_id).argmax())
                if before.embeddings[row].any():
                    self._gallery.remember(
                        int(track_id),
                        before.embeddings[row],
                        int(before.numbers[row, CLASS_ID]),
                        to_xyxy(before.state[row : row + 1, kalman.P])[0],
                        float(before.numbers[row, SEEN]) / rate,
                    )
            for row in rows[~np.isin(ids, self._ids)]:
                if table.embeddings[row].any():
                    known = self._gallery.recall(
                        table.embeddings[row],
                        int(table.numbers[row, CLASS_ID]),
                        to_xyxy(table.state[row : row + 1, kalman.P])[0],
                        now,
                    )
                    if known is not None:
                        table.numbers[row, ID] = known
            ids = table.numbers[rows, ID]
        self._table, self._ids = table, ids
