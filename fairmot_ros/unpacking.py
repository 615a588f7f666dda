"""Limits on what compressed files unpack to: a small file can hold gigabytes."""

from __future__ import annotations

import gzip
import os
import zipfile
from pathlib import Path
from typing import BinaryIO, Protocol

BLOCK = 1 << 16  # bytes read at a time

#: Largest text of labels, in bytes: a day of ten people at 10 Hz.
MAX_TEXT_BYTES = 1 << 29
#: Largest chunk of an MCAP file, in bytes; recorders write chunks of a few MB.
MAX_CHUNK_BYTES = 1 << 30
#: Largest archive of arrays (.npz), in bytes.
MAX_ARRAYS_BYTES = 1 << 33


class UnpackError(ValueError):
    """A compressed file that unpacks to more than is allowed; the message names it."""


class Readable(Protocol):
    """A file open for reading."""

    def read(self, size: int, /) -> bytes:
        """Return at most `size` bytes, none at the end."""


def check_archive(path: str | os.PathLike[str], limit: int = MAX_ARRAYS_BYTES) -> None:
    """Raise UnpackError if the files of a zip archive (.npz) are too large together.

    Args:
        path: of the archive.
        limit: bytes.

    Raises:
        UnpackError: if they are; what zipfile raises if it is no archive.
    """
    with zipfile.ZipFile(path) as archive:
        size = sum(entry.file_size for entry in archive.infolist())
    if size > limit:
        raise too_large(path, limit)


def read_gzip(path: str | os.PathLike[str], limit: int = MAX_TEXT_BYTES) -> bytes:
    """Return the content of a .gz file.

    Raises:
        UnpackError: if it is longer than `limit` bytes; what gzip raises if it is damaged.
    """
    with gzip.open(path, 'rb') as source:
        data = source.read(limit + 1)
    if len(data) > limit:
        raise too_large(path, limit)
    return data


def copy_unpacked(source: Readable, target: BinaryIO, path: Path, limit: int) -> None:
    """Copy what a decompressor reads, block by block.

    Args:
        source: the decompressor.
        target: where to write.
        path: of the compressed file, for the message.
        limit: bytes.

    Raises:
        UnpackError: if it is longer than `limit`.
    """
    size = 0
    while block := source.read(BLOCK):
        size += len(block)
        if size > limit:
            raise too_large(path, limit)
        target.write(block)


def too_large(path: str | os.PathLike[str], limit: int) -> UnpackError:
    """Return the error of a file that unpacks to more than `limit` bytes."""
    return UnpackError(
        f'{path} unpacks to more than {limit / 1e6:,.0f} MB, the limit for such a file; unpack it '
        'yourself if that is as it should be'
    )
