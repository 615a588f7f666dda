# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Writing to the store, and forgetting."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from fairmot_ros.identities.decisions import IdentityEvent
from fairmot_ros.identities.embedding_index import ENROLLED
from fairmot_ros.identities.store.errors import StoreError
from fairmot_ros.identities.store.lock import StoreLock
from fairmot_ros.identities.store.reader import StoreReader
from fairmot_ros.identities.store.records import IdentityRecord, Presence, View
from fairmot_ros.identities.store.schema import open_for_writing

#: Tables with a column that holds the id of an identity; the ids themselves come last.
IDENTITY_COLUMNS = (
    ('view', 'identity'),
    ('presence', 'identity'),
    ('event', 'identity'),
    ('event', 'other'),
    ('replaced', 'by'),
    ('identity', 'id'),
)


class IdentityStore(StoreReader):
    """A store that is written; see `StoreReader` for what it returns.

    Changes are on disk after the next `commit`. A killed process loses only changes that were not
    committed; the file stays usable.
    """

    def __init__(self, path: str | Path) -> None:
        """Open a store, or create an empty one.

        Args:
            path: of the file; its folder must exist, on a disk of this machine.

        Raises:
            StoreError: if another process writes to it, it is damaged, not a store, or of a newer
                version.
            WriteError: if it cannot be created.
        """
        lock = StoreLock(Path(path))
        try:
            super().__init__(path, open_for_writing(Path(path)))
        except BaseException:
            lock.release()
            raise
        self._lock: StoreLock | None = lock

    # -- writing ------------------------------------------------------------------------------

    def reserve_ids(self, count: int) -> int:
        """Return the first of `count` ids that were never returned before; commits.

        Ids are reserved on disk before they are used, so a killed process cannot lead to an id
        that is given twice.
        """
        with self._writing():
            (first,) = self._db.execute(
                "SELECT coalesce((SELECT value FROM counter WHERE name = 'next_id'), 1)"
            ).fetchone()
            self._db.execute(
                "INSERT OR REPLACE INTO counter VALUES ('next_id', ?)", (first + count,)
            )
            self.commit()
            return int(first)

    def put_identities(self, records: Iterable[IdentityRecord]) -> None:
        """Add or replace identities."""
        with self._writing():
            self._db.executemany('INSERT OR REPLACE INTO identity VALUES (?, ?, ?, ?, ?)', records)

    def put_views(self, views: Iterable[View]) -> None:
        """Add embeddings, or replace those of the same identity, model and key."""
        with self._writing():
            self._db.executemany(
                'INSERT OR REPLACE INTO view VALUES (?, ?, ?, ?, ?)',
                (
                    (v.global_id, self._model(v.model), v.key, v.stamp, v.embedding.tobytes())
                    for v in views
                ),
            )

    def remove_views(self, keys: Iterable[tuple[int, str, str]]) -> None:
        """Remove embeddings by identity, model and key."""
        with self._writing():
            self._db.executemany(
                'DELETE FROM view WHERE identity = ? AND model = ? AND key = ?',
                ((identity, self._model(model), key) for identity, model, key in keys),
            )

    def put_presences(self, presences: Sequence[Presence]) -> list[int]:
        """Add presences, or replace those with a number; returns the numbers."""
        numbers = []
        with self._writing():
            for p in presences:
                x, y = p.position or (None, None)
                row = (p.global_id, p.source, p.track_id, p.first, p.last, x, y)
                done = self._db.execute(
                    'INSERT OR REPLACE INTO presence VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
                    (p.number or None, *row),
                )
                numbers.append(int(done.lastrowid or 0))
        return numbers

    def put_events(self, events: Iterable[IdentityEvent]) -> None:
        """Add events."""
        with self._writing():
            self._db.executemany(
                'INSERT INTO event VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
                ((e.stamp, int(e.kind), *e[2:]) for e in events),
            )

    def replace(self, identity: int, by: int) -> None:
        """Record that an identity was merged into another one; drops its embeddings."""
        with self._writing():
            self._db.execute('UPDATE presence SET identity = ? WHERE identity = ?', (by, identity))
            self._db.execute('UPDATE replaced SET by = ? WHERE by = ?', (by, identity))
            self._db.execute('INSERT OR REPLACE INTO replaced VALUES (?, ?)', (identity, by))
            self._db.execute('DELETE FROM view WHERE identity = ?', (identity,))
            self._db.execute('DELETE FROM identity WHERE id = ?', (identity,))

    def commit(self) -> None:
        """Write everything that was put to disk."""
        with self._guard, self._errors():
            if self._db.in_transaction:
                self._db.execute('COMMIT')

    # -- forgetting ---------------------------------------------------------------------------

    def forget(self, identities: Iterable[int]) -> None:
        """Remove all that is stored of identities, from the file and its log; commits.

        Takes about as long as copying the file, which is rewritten.
        """
        with self._guard:
            self._delete(identities)
            self.commit()
            self._rewrite()

    def forget_everything(self) -> None:
        """Remove everything but the knowledge which ids were used; see `forget`."""
        with self._guard:
            with self._writing():
                for table in ('event', 'presence', 'view', 'replaced', 'identity', 'model'):
                    self._db.execute(f'DELETE FROM {table}')
            self._models.clear()
            self.commit()
            self._rewrite()

    def expire(self, identities: Iterable[int], oldest: float) -> None:
        """Remove identities, and what is older than a time but enrolled; commits.

        The content is overwritten as by `forget`, but the file is not rewritten.

        Args:
            identities: to remove, whatever their age.
            oldest: seconds; unnamed identities that were seen last before it, embeddings of
                tracks, presences and events are removed.
        """
        with self._guard:
            rows = self._read(
                "SELECT id FROM identity WHERE last_seen < ? AND name = ''", (oldest,)
            )
            self._delete([*identities, *(number for (number,) in rows)])
            with self._writing():
                self._db.execute(
                    'DELETE FROM view WHERE stamp < ? AND substr(key, 1, ?) != ?',
                    (oldest, len(ENROLLED), ENROLLED),
                )
                self._db.execute('DELETE FROM presence WHERE last < ?', (oldest,))
                self._db.execute('DELETE FROM event WHERE stamp < ?', (oldest,))
            self.commit()
            self._shrink('PRAGMA incremental_vacuum')

    def _delete(self, identities: Iterable[int]) -> None:
        chosen = [(int(identity),) for identity in identities]
        with self._writing():
            for table, column in IDENTITY_COLUMNS:
                self._db.executemany(f'DELETE FROM {table} WHERE {column} = ?', chosen)

    def _shrink(self, statement: str) -> bool:
        """Release unused pages and empty the log; returns whether a reader was in the way.

        The log has earlier versions of the pages until it is emptied.
        """
        with self._errors():
            self._db.execute(statement).fetchall()
            busy, *_ = self._db.execute('PRAGMA wal_checkpoint(TRUNCATE)').fetchone()
            return bool(busy)

    def _rewrite(self) -> None:
        if self._shrink('VACUUM'):
            raise StoreError(
                f'{self.path} is read by another process, so the log still has forgotten '
                'content: close that process and forget again'
            )

    # -----------------------------------------------------------------------------------------

    def close(self) -> None:
        """Commit and close; releases the lock."""
        with self._guard:
            if self._lock is None:
                return
            try:
                self.commit()
            finally:
                super().close()
                self._lock.release()
                self._lock = None

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Begin a transaction if there is none; it ends with `commit`."""
        with self._guard, self._errors():
            if not self._db.in_transaction:
                self._db.execute('BEGIN IMMEDIATE')
            yield

    def _model(self, name: str) -> int:
        number = self._models.get(name)
        if number is None:
            done = self._db.execute('INSERT INTO model VALUES (NULL, ?)', (name,))
            number = self._models[name] = int(done.lastrowid or 0)
        return number
