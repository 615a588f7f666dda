# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Files that are sent to workers, which do not see this file system."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

#: Largest size of the files of one input, in bytes.
MAX_SENT = 512 * 2**20


class SendError(ValueError):
    """Files that are too large to be sent; the message says what to do."""


@dataclass(frozen=True)
class PackedFile:
    """A file, or all files in a folder.

    Attributes:
        name: its name.
        contents: contents and time of modification, in nanoseconds, by path in the folder; by ''
            for a single file.
    """

    name: str
    contents: dict[str, tuple[bytes, int]]

    def unpack(self, folder: Path) -> Path:
        """Write the files to a folder and return the path of the copy.

        Raises:
            ValueError: if a path leads out of the folder.
            OSError: if a file cannot be written.
        """
        copy = folder / self.name
        for name, (content, modified) in self.contents.items():
            path = copy / PurePosixPath(name) if name else copy
            if folder.resolve() not in path.resolve().parents:
                raise ValueError(f'a file to be sent leads out of its folder: {name}')
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            os.utime(path, ns=(modified, modified))
        return copy


def size_of(path: Path) -> int:
    """Return the size of a file, or of all files in a folder, in bytes."""
    return sum(file.stat().st_size for file in _files(path))


def pack(path: Path) -> PackedFile:
    """Read a file, or all files in a folder.

    Raises:
        SendError: if they are larger than `MAX_SENT`.
        OSError: if a file cannot be read.
    """
    size = size_of(path)
    if size > MAX_SENT:
        raise SendError(
            f'{path} is not on the worker and too large to be sent ({size / 1e6:.0f} MB, at most '
            f'{MAX_SENT / 1e6:.0f} MB): put it on a path that all workers share'
        )
    contents = {
        '' if file == path else file.relative_to(path).as_posix(): (
            file.read_bytes(),
            file.stat().st_mtime_ns,
        )
        for file in _files(path)
    }
    return PackedFile(path.name, contents)


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    return [file for file in sorted(path.rglob('*')) if file.is_file()]
