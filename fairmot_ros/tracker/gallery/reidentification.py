# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Link between tracker and gallery: store ended tracks, reuse ids of returning identities."""

from __future__ import annotations

import numpy as np

from fairmot_ros.tracker.associations import Association
from fairmot_ros.tracker.gallery import Gallery
from fairmot_ros.tracker.motion import kalman
from fairmot_ros.tracker.table import TrackTable


class Reidentification:
    """Stores confirmed tracks in a gallery when they end, and looks up newly confirmed ones."""

    def __init__(self, gallery: Gallery) -> None:
        """Start without tracks."""
        self._gallery = gallery
        self._table = TrackTable.empty()
        self._ids = self._table.ids  # ids of its confirmed tracks

    def restart(self) -> None:
        """Drop the tracks; see `Gallery.restart`."""
        self._table = TrackTable.empty()
        self._ids = self._table.ids
        self._gallery.restart()

    def update(self, association: Association) -> None:
        """Add ended tracks to the gallery, and give recalled identities their former id.

        Args:
            association: after its step for the current frame; ids in its table are changed.
        """
        rate, now = association.rate, association.now / association.rate
        before, table = self._table, association.table
        confirmed = table.confirmed.nonzero()[0]
        ids = table.ids[confirmed]
        self._gallery.expire(now)
        if not np.array_equal(ids, self._ids):
            for track_id in np.setdiff1d(self._ids, ids).tolist():
                index = int((before.ids == track_id).argmax())
                if before.embeddings[index].any():
                    self._gallery.remember(
                        track_id,
                        before.embeddings[index],
                        int(before.class_ids[index]),
                        _box_xyxy(association, before, index),
                        float(before.seen[index]) / rate,
                    )
            for index in confirmed[~np.isin(ids, self._ids)].tolist():
                if table.embeddings[index].any():
                    known = self._gallery.recall(
                        table.embeddings[index],
                        int(table.class_ids[index]),
                        _box_xyxy(association, table, index),
                        now,
                    )
                    if known is not None:
                        table.ids[index] = known
            ids = table.ids[confirmed]
        self._table, self._ids = table, ids


def _box_xyxy(association: Association, table: TrackTable, index: int) -> np.ndarray:
    position = table.state[kalman.P, :, index : index + 1]
    return association.parametrization.to_xyxy(position)[:, 0]
