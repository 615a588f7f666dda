# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tables of the store, and how the file is opened."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from fairmot_ros.files.errors import reading
from fairmot_ros.files.writing import OWNER_ONLY, writing
from fairmot_ros.identities.store.errors import StoreError

FORMAT = 1
APPLICATION = 0x466D4964  # 'FmId', in the header of the file
SMALLEST = 512  # bytes of an SQLite file

TABLES = """
CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE identity (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    class TEXT NOT NULL,
    first_seen REAL NOT NULL,
    last_seen REAL NOT NULL
);
CREATE TABLE replaced (id INTEGER PRIMARY KEY, by INTEGER NOT NULL);
CREATE INDEX replaced_by ON replaced (by);
CREATE TABLE model (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE view (
    identity INTEGER NOT NULL,
    model INTEGER NOT NULL,
    key TEXT NOT NULL,
    stamp REAL NOT NULL,
    embedding BLOB NOT NULL,
    PRIMARY KEY (identity, model, key)
) WITHOUT ROWID;
CREATE TABLE presence (
    id INTEGER PRIMARY KEY,
    identity INTEGER NOT NULL,
    source TEXT NOT NULL,
    track TEXT NOT NULL,
    first REAL NOT NULL,
    last REAL NOT NULL,
    x REAL,
    y REAL
);
CREATE INDEX presence_identity ON presence (identity);
CREATE INDEX presence_last ON presence (last);
CREATE TABLE event (
    id INTEGER PRIMARY KEY,
    stamp REAL NOT NULL,
    kind INTEGER NOT NULL,
    identity INTEGER NOT NULL,
    other INTEGER NOT NULL,
    source TEXT NOT NULL,
    track TEXT NOT NULL,
    name TEXT NOT NULL,
    similarity REAL NOT NULL,
    reason TEXT NOT NULL
);
CREATE INDEX event_identity ON event (identity);
CREATE INDEX event_other ON event (other);
CREATE INDEX event_stamp ON event (stamp);
"""


def open_for_writing(path: Path) -> sqlite3.Connection:
    """Open a store, or create an empty one, with transactions that end by COMMIT alone.

    Deleted content is overwritten (secure_delete), and intermediate results stay in memory. A file
    that is not a store is refused before its content or its permissions are changed.

    Raises:
        StoreError: if the file is not a store, damaged, or of a newer version.
        WriteError: if it cannot be created.
    """
    with writing(path):
        # An existing file is not opened here: closing it would release SQLite's locks on it.
        if not path.exists():
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, OWNER_ONLY))
    with reading(f'{path} cannot be used as a store of identities', StoreError):
        if 0 < path.stat().st_size < SMALLEST:  # SQLite would overwrite it
            raise ValueError('it is too short for a database')
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        try:
            new = not connection.execute('PRAGMA schema_version').fetchone()[0]
            _check_owner(connection, path, new=new)
            path.chmod(OWNER_ONLY)  # the log and the index beside it get the same permissions
            connection.execute('PRAGMA secure_delete = ON')
            connection.execute('PRAGMA temp_store = MEMORY')
            if new:
                connection.execute('PRAGMA auto_vacuum = INCREMENTAL')
            connection.execute('PRAGMA journal_mode = WAL')
            connection.execute('PRAGMA synchronous = NORMAL')
            if new:
                connection.executescript(
                    f'BEGIN; PRAGMA application_id = {APPLICATION}; '
                    f'PRAGMA user_version = {FORMAT}; {TABLES} COMMIT;'
                )
            _check(connection, path)
        except BaseException:
            connection.close()
            raise
    return connection


def open_for_reading(path: Path) -> sqlite3.Connection:
    """Open an existing store read-only, also while another process writes to it.

    Raises:
        StoreError: if it does not exist, is not a store, damaged, or of a newer version.
    """
    if not path.is_file():
        state = 'is not a file' if path.exists() else 'does not exist'
        raise StoreError(f'{path} {state}; expected a store of identities')
    if not path.stat().st_size:
        raise StoreError(f'{path} is empty; expected a store of identities')
    with reading(f'{path} cannot be read as a store of identities', StoreError):
        uri = f'{path.resolve().as_uri()}?mode=ro'
        connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
        try:
            _check(connection, path)
        except BaseException:
            connection.close()
            raise
    return connection


def _check_owner(connection: sqlite3.Connection, path: Path, *, new: bool = False) -> None:
    application = connection.execute('PRAGMA application_id').fetchone()[0]
    if application != APPLICATION and not (new and application == 0):
        raise StoreError(
            f'{path} is a database of another program; expected a store of identities: give '
            'another file'
        )


def _check(connection: sqlite3.Connection, path: Path) -> None:
    _check_owner(connection, path)
    version = connection.execute('PRAGMA user_version').fetchone()[0]
    if version > FORMAT:
        raise StoreError(
            f'{path} has format {version}; this version reads up to {FORMAT}: update fairmot_ros'
        )
    damage = connection.execute('PRAGMA quick_check(1)').fetchone()[0]
    if damage != 'ok':
        raise StoreError(
            f'{path} is damaged ({damage}): move it away to start with an empty store'
        )
