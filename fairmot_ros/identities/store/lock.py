# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""A lock on a store, so that two processes do not use it at once."""

from __future__ import annotations

import fcntl
import os
import socket
from pathlib import Path

from fairmot_ros.files.writing import OWNER_ONLY, writing
from fairmot_ros.identities.store.errors import StoreError

SUFFIX = '.lock'


class StoreLock:
    """An exclusive lock on a file beside the store.

    The system releases the lock when the process ends, also if it is killed; the file stays, and
    has no effect without a lock. It is a file of its own because SQLite loses its locks when a
    second handle on the store is closed. It names the process that has the lock, for the message.
    """

    def __init__(self, store: Path) -> None:
        """Take the lock.

        Raises:
            StoreError: if another process, or another part of this one, has it, or the store is a
                folder.
            WriteError: if the file cannot be written.
        """
        if store.is_dir():
            raise StoreError(f'{store} is a folder; expected the path of a file in it')
        path = store.with_name(store.name + SUFFIX)
        with writing(path):
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, OWNER_ONLY)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            owner = os.pread(self._file, 200, 0).decode(errors='replace').strip()
            os.close(self._file)
            raise StoreError(
                f'{store} is in use by {owner or "another process"}: stop that one, or use '
                'another file'
            ) from error
        with writing(path):
            os.ftruncate(self._file, 0)
            os.pwrite(self._file, f'process {os.getpid()} on {socket.gethostname()}\n'.encode(), 0)

    def release(self) -> None:
        """Release the lock."""
        os.close(self._file)
