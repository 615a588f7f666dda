# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Lock of an output folder, so that two searches do not write to it at once."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fairmot_ros.files.writing import writing

LOCK = 'tuning.lock'


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the lock of an existing folder; the system releases it if the process ends.

    Raises:
        ValueError: if another process holds it.
        WriteError: if the lock file cannot be created.
    """
    path = folder / LOCK
    with writing(path):
        file = path.open('a')
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ValueError(
                f'another search is writing to {folder}: wait for its end, or give another output '
                'folder'
            ) from None
        yield
