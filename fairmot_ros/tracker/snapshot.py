"""What a tracker shows of its tracks."""

from __future__ import annotations

from fairmot_ros.tracker.boxes import xyah_to_size_covariance
from fairmot_ros.tracker.table import TrackTable
from fairmot_ros.types import Track, TrackState


def snapshots(table: TrackTable, state: TrackState, now: float, rate: float) -> list[Track]:
    """Return one Track per row, all in the same state.

    Args:
        table: rows that nobody changes any more.
        state: of all rows.
        now: in frames.
        rate: frames per second.
    """
    covariance = xyah_to_size_covariance(table.mean[:, :4], table.covariance[:, :, 0])
    with_embedding = table.embeddings.shape[1] > 0
    rows = zip(
        table.ids.tolist(),
        table.boxes_xywh(),
        table.scores.tolist(),
        table.class_ids.tolist(),
        table.mean[:, 4:6] * rate,
        covariance,
        table.embeddings if with_embedding else [None] * len(table),
        [state] * len(table),
        table.hits.tolist(),
        ((now - table.started) / rate).tolist(),
        ((now - table.seen) / rate).tolist(),
    )
    return [Track(*row) for row in rows]
