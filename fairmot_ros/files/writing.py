# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Atomic writing of files: a full disk or a crash leaves no partial files."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from errno import EISDIR
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from fairmot_ros.files.errors import reason_of

PARTIAL = '.partial'  # suffix of temporary files
MODE = 0o666  # permissions of new files, before the umask
OWNER_ONLY = 0o600  # for files with embeddings, or with positions of people


class WriteError(OSError):
    """A file that cannot be written; the message gives its path and the reason."""

    def __init__(self, message: str, number: int | None = None) -> None:
        """Store the message, and the errno of the system if there is one."""
        super().__init__(message)
        self.errno = number


@contextmanager
def replacing(path: str | os.PathLike[str], mode: int = MODE) -> Iterator[Path]:
    """Yield the path of a temporary file, and rename it to `path` at the end.

    On any exception, the temporary file is removed and an existing file at `path` is unchanged.

    Args:
        path: path of the file to write; its folder must exist.
        mode: permissions of the file, before the umask.

    Raises:
        WriteError: if the file cannot be written.
    """
    path = Path(path)
    if path.is_dir():  # before the work in the body is done; Path('.') has no name
        raise WriteError(f'{path} cannot be written: {os.strerror(EISDIR)}', EISDIR)
    partial = path.with_name(path.name + PARTIAL)
    with writing(path):
        partial.unlink(missing_ok=True)  # from a crashed process, perhaps with other permissions
        os.close(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode))
        try:
            yield partial
            partial.replace(path)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Convert any OSError in the body to a WriteError with the path of the file.

    This includes an OSError that torch wraps in a RuntimeError.
    """
    try:
        yield
    except WriteError:
        raise
    except (OSError, RuntimeError) as error:
        cause = error if isinstance(error, OSError) else error.__context__
        if not isinstance(cause, OSError):
            raise
        reason = cause.strerror or reason_of(cause)
        raise WriteError(f'{path} cannot be written: {reason}', cause.errno) from error


def write_bytes(path: str | os.PathLike[str], data: bytes) -> None:
    """Write a file atomically.

    Raises:
        WriteError: if it cannot be written.
    """
    with replacing(path) as partial:
        partial.write_bytes(data)


def write_text(path: str | os.PathLike[str], text: str) -> None:
    """Write a UTF-8 file atomically; for errors, see `write_bytes`."""
    write_bytes(path, text.encode())


def write_image(
    path: str | os.PathLike[str], image: NDArray[np.uint8], options: Sequence[int] = ()
) -> None:
    """Write an image atomically, in the format given by the suffix of the path.

    Args:
        path: path of the file.
        image: uint8 [H, W] or [H, W, 3], BGR.
        options: format options of OpenCV's `imwrite`.

    Raises:
        WriteError: if it cannot be written.
    """
    try:
        done, data = cv2.imencode(Path(path).suffix, image, list(options))
    except cv2.error as error:
        raise WriteError(f'{path} cannot be written: {reason_of(error)}') from error
    if not done:
        raise WriteError(f'{path} cannot be written: the image cannot be encoded')
    write_bytes(path, data.tobytes())


class BlockFile:
    """A file to which blocks are appended atomically.

    Attributes:
        path: path of the file.
    """

    def __init__(self, path: Path, *, append: bool = False) -> None:
        """Open the file; an existing file is emptied unless `append` is true.

        Raises:
            WriteError: if it cannot be opened.
        """
        self.path = path
        with writing(path):
            self._file = path.open('ab' if append else 'wb', buffering=0)
        self._size = self._file.seek(0, os.SEEK_END)

    def write(self, text: str) -> None:
        """Append a block.

        Raises:
            WriteError: if it cannot be written; the file then ends with the previous block.
        """
        data = memoryview(text.encode())
        with writing(self.path):
            try:
                while data:
                    data = data[self._file.write(data) or 0 :]
            except OSError:
                with suppress(OSError):  # devices cannot be truncated
                    self._file.truncate(self._size)
                    self._file.seek(self._size)
                raise
        self._size = self._file.tell()

    def close(self) -> None:
        """Close the file."""
        self._file.close()
