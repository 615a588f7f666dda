"""What a tracker shows of its tracks."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.tracker import kalman
from fairmot_ros.tracker.boxes import WidthForm
from fairmot_ros.tracker.table import CLASS_ID, HITS, SCORE, SEEN, STARTED, TrackTable
from fairmot_ros.types import Track, TrackState

FIELDS = tuple(Track.__dataclass_fields__)


class Snapshot:
    """Copied rows of a table, all in the same state, at one moment."""

    def __init__(
        self,
        table: TrackTable,
        rows: NDArray,
        state: TrackState,
        form: WidthForm,
        now: float | None,
        rate: float,
    ) -> None:
        """Copy rows.

        Args:
            table: of all tracks.
            rows: indices into it.
            state: of all these rows.
            form: of the boxes in the table.
            now: in the table's unit of time; None before the first image.
            rate: such units per second.
        """
        self._table = table.take(rows)
        self._state = state
        self._form = form
        self._now = 0.0 if now is None else now
        self._rate = rate
        self._rows: list[tuple[Any, ...]] | None = None

    def tracks(self) -> list[Track]:
        """Return one Track per row."""
        views: list[Track] = []
        for row in range(len(self._table)):
            view = object.__new__(_TrackView)
            view.__dict__['_source'] = (self, row)
            views.append(view)
        return views

    def row(self, row: int) -> tuple[Any, ...]:
        """Return the fields of a Track; all rows are worked out together, when first asked."""
        if self._rows is None:
            self._rows = self._all_rows()
        return self._rows[row]

    def _all_rows(self) -> list[tuple[Any, ...]]:
        table = self._table
        state, form, now, rate = table.state, self._form, self._now, self._rate
        embeddings: Any = table.embeddings
        if not embeddings.shape[1]:
            embeddings = [None] * len(table)
        columns = (
            table.ids.tolist(),
            form.to_xywh(state[:, kalman.P]),
            table.column(SCORE).tolist(),
            table.column(CLASS_ID).astype(np.int64).tolist(),
            state[:, 4:6] * rate,
            form.size_covariance(state[:, kalman.P], state[:, kalman.PP]),
            embeddings,
            [self._state] * len(table),
            table.column(HITS).astype(np.int64).tolist(),
            ((now - table.column(STARTED)) / rate).tolist(),
            ((now - table.column(SEEN)) / rate).tolist(),
        )
        return list(zip(*columns))


class _TrackView(Track):
    """A track whose fields are read from the snapshot when somebody asks for one."""

    def __getattr__(self, name: str) -> Any:  # called only for what is not there yet
        source = self.__dict__.pop('_source', None)
        if source is None:
            raise AttributeError(f'a Track has no attribute {name!r}')
        snapshot, row = source
        self.__dict__.update(zip(FIELDS, snapshot.row(row)))
        return getattr(self, name)
