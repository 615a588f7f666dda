# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Reading of the store, also beside a process that writes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any, TypeVar

import numpy as np

from fairmot_ros.identities.decisions import EventKind, IdentityEvent
from fairmot_ros.identities.store.errors import StoreError
from fairmot_ros.identities.store.records import IdentityRecord, Presence, View
from fairmot_ros.identities.store.schema import open_for_reading

T = TypeVar('T', bound='StoreReader')


class StoreReader:
    """Identities, embeddings, presences and events of one file; usable from several threads.

    Attributes:
        path: of the file.
    """

    def __init__(self, path: str | Path, database: sqlite3.Connection | None = None) -> None:
        """Open an existing store read-only, also while another process writes to it.

        Raises:
            StoreError: if it does not exist, is damaged, not a store, or of a newer version.
        """
        self.path = Path(path)
        self._db = database or open_for_reading(self.path)
        self._guard = RLock()
        self._models: dict[str, int] = {
            name: number for number, name in self._read('SELECT id, name FROM model')
        }

    def identities(self) -> list[IdentityRecord]:
        """Return all identities, in the order of their ids."""
        rows = self._read('SELECT id, name, class, first_seen, last_seen FROM identity')
        return [IdentityRecord(*row) for row in rows]

    def replaced(self) -> dict[int, int]:
        """Return which identity replaced each merged one."""
        return dict(self._read('SELECT id, by FROM replaced'))

    def views(self) -> Iterator[View]:
        """Yield all embeddings, oldest first."""
        names = {number: name for name, number in self._models.items()}
        statement = 'SELECT identity, model, key, stamp, embedding FROM view ORDER BY stamp'
        with self._guard, self._errors():
            for identity, model, key, stamp, data in self._db.execute(statement):
                embedding = np.frombuffer(data, np.float32)
                yield View(identity, names[model], key, stamp, embedding)

    def sources(self) -> list[tuple[int, str]]:
        """Return (identity, source) of all pairs where the source saw the identity."""
        return self._read('SELECT DISTINCT identity, source FROM presence ORDER BY first')

    def presences(self, since: float = -np.inf, until: float = np.inf) -> list[Presence]:
        """Return who was where in a period, in seconds, by the time of the first observation."""
        rows = self._read(
            'SELECT id, identity, source, track, first, last, x, y FROM presence '
            'WHERE last >= ? AND first <= ? ORDER BY first, id',
            (since, until),
        )
        return [
            Presence(identity, source, track, first, last, None if x is None else (x, y), number)
            for number, identity, source, track, first, last, x, y in rows
        ]

    def events(self, since: float = -np.inf, until: float = np.inf) -> list[IdentityEvent]:
        """Return the events of a period, in seconds, in their order."""
        rows = self._read(
            'SELECT stamp, kind, identity, other, source, track, name, similarity, reason '
            'FROM event WHERE stamp >= ? AND stamp <= ? ORDER BY id',
            (since, until),
        )
        return [IdentityEvent(row[0], EventKind(row[1]), *row[2:]) for row in rows]

    def close(self) -> None:
        """Close the file."""
        with self._guard:
            self._db.close()

    def __enter__(self: T) -> T:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _read(self, statement: str, values: Sequence[float] = ()) -> list[tuple[Any, ...]]:
        with self._guard, self._errors():
            return self._db.execute(statement, values).fetchall()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """Convert errors of SQLite, for example of a full disk."""
        try:
            yield
        except sqlite3.Error as error:
            raise StoreError(f'{self.path} cannot be used: {error}') from error
