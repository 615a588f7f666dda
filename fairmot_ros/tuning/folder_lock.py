# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Lock of an output folder, so that two searches do not write to it at once."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from fairmot_ros.files.locking import locked as locked_file

LOCK = 'tuning.lock'


def locked(folder: Path) -> AbstractContextManager[None]:
    """Hold the lock of an existing folder; the system releases it if the process ends.

    Raises:
        ValueError: if another process holds it.
        WriteError: if the lock file cannot be created.
    """
    error = ValueError(
        f'another search is writing to {folder}: wait for its end, or give another output folder'
    )
    return locked_file(folder / LOCK, error)
