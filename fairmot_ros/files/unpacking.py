# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Limits on the unpacked size of compressed files, as protection against decompression bombs."""

from __future__ import annotations

import gzip
import os
import zipfile
from pathlib import Path
from typing import BinaryIO, Protocol

BLOCK = 1 << 16  # bytes read at a time
ZIP_MAGIC = b'PK\x03\x04'

#: Largest unpacked label file, in bytes; enough for a day of ten people at 10 Hz.
MAX_TEXT_BYTES = 1 << 29
#: Largest unpacked chunk of an MCAP file, in bytes; recorders write chunks of a few MB.
MAX_CHUNK_BYTES = 1 << 30
#: Largest unpacked archive of arrays (.npz), in bytes.
MAX_ARRAYS_BYTES = 1 << 33


class UnpackError(ValueError):
    """A compressed file whose unpacked size exceeds the limit; the message names it."""


class Readable(Protocol):
    """A file open for reading."""

    def read(self, size: int, /) -> bytes:
        """Return at most `size` bytes; no bytes at the end."""


def check_archive(path: str | os.PathLike[str], limit: int = MAX_ARRAYS_BYTES) -> None:
    """Check the total unpacked size of a zip archive (.npz).

    Args:
        path: path of the archive.
        limit: largest size in bytes.

    Raises:
        UnpackError: if the size exceeds the limit.
        zipfile.BadZipFile: if the file is not a zip archive.
    """
    with zipfile.ZipFile(path) as archive:
        size = sum(entry.file_size for entry in archive.infolist())
    if size > limit:
        raise too_large(path, limit)


def check_stored(path: str | os.PathLike[str]) -> None:
    """Check that a zip archive is not larger unpacked than packed; other files pass.

    `torch.save` compresses nothing, but what compressed files hold, `torch.load` unpacks.

    Raises:
        UnpackError: if it is.
        zipfile.BadZipFile: if a file begins like a zip archive and is none.
    """
    with open(path, 'rb') as file:
        if file.read(len(ZIP_MAGIC)) != ZIP_MAGIC:
            return
    with zipfile.ZipFile(path) as archive:
        unpacked = sum(entry.file_size for entry in archive.infolist())
    packed = os.path.getsize(path)
    if unpacked > packed:
        raise UnpackError(
            f'{path} of {packed} bytes unpacks to {unpacked} bytes; torch.save compresses nothing'
        )


def read_gzip(path: str | os.PathLike[str], limit: int = MAX_TEXT_BYTES) -> bytes:
    """Return the content of a .gz file.

    Raises:
        UnpackError: if the content is longer than `limit` bytes.
        OSError, EOFError, zlib.error: if the file is damaged.
    """
    with gzip.open(path, 'rb') as source:
        data = source.read(limit + 1)
    if len(data) > limit:
        raise too_large(path, limit)
    return data


def copy_unpacked(source: Readable, target: BinaryIO, path: Path, limit: int) -> None:
    """Copy decompressed data block by block.

    Args:
        source: decompressor to read from.
        target: file to write to.
        path: path of the compressed file, for the error message.
        limit: largest size in bytes.

    Raises:
        UnpackError: if the data is longer than `limit` bytes.
    """
    size = 0
    while block := source.read(BLOCK):
        size += len(block)
        if size > limit:
            raise too_large(path, limit)
        target.write(block)


def too_large(path: str | os.PathLike[str], limit: int) -> UnpackError:
    """Return the error for a file with an unpacked size above `limit` bytes."""
    return UnpackError(
        f'{path} unpacks to more than {limit / 1e6:,.0f} MB, the limit for such a file; if the '
        'size is correct, unpack it before use'
    )
