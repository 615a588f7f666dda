# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""State of files: hash, size and time of modification."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

BLOCK = 1 << 20  # bytes


@dataclass(frozen=True)
class FileState:
    """State of a file, or of all files in a folder.

    Attributes:
        sha256: hash of the contents; of a folder also of the relative paths.
        bytes: total size.
        modified: newest time of modification, in nanoseconds since 1970.
        count: number of files.
    """

    sha256: str
    bytes: int
    modified: int
    count: int

    def as_data(self) -> dict[str, Any]:
        """Return the attributes for JSON."""
        return asdict(self)


def read_state(path: Path) -> FileState:
    """Read all files and return their state.

    Raises:
        OSError: if there is no such file or folder, or it cannot be read.
    """
    digest = hashlib.sha256()
    for file, name in _files(path):
        digest.update(f'{name}\0{file.stat().st_size}\0'.encode())
        with file.open('rb') as stream:
            while block := stream.read(BLOCK):
                digest.update(block)
    return FileState(digest.hexdigest(), *_size_and_time(path))


def has_changed(path: Path, before: FileState) -> bool:
    """Return whether the contents differ from a former state.

    Files of equal size and time of modification are not read, so that thousands of large inputs
    are compared in seconds.

    Raises:
        OSError: if there is no such file or folder, or it cannot be read.
    """
    if _size_and_time(path) == (before.bytes, before.modified, before.count):
        return False
    return read_state(path).sha256 != before.sha256


def _size_and_time(path: Path) -> tuple[int, int, int]:
    """Return total size, newest time of modification and number of files."""
    states = [file.stat() for file, _ in _files(path)]
    return (
        sum(state.st_size for state in states),
        max((state.st_mtime_ns for state in states), default=0),
        len(states),
    )


def _files(path: Path) -> Iterator[tuple[Path, str]]:
    """Yield each file with its path within the folder, '' for a single file, in fixed order."""
    if not path.is_dir():
        path.stat()  # raises FileNotFoundError with the path
        yield path, ''
        return
    for file in sorted(path.rglob('*')):
        if file.is_file():
            yield file, file.relative_to(path).as_posix()
