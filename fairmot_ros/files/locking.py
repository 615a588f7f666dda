# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Locks of output folders, so that two commands do not write to one at once."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fairmot_ros.files.writing import writing


@contextmanager
def locked(path: Path, error: Exception) -> Iterator[None]:
    """Hold an exclusive lock on a file, which is created; the system releases it with the process.

    Args:
        path: file in an existing folder; its content has no meaning.
        error: raised if another process holds the lock.

    Raises:
        WriteError: if the file cannot be created.
    """
    with writing(path):
        file = path.open('a')
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise error from None
        yield
