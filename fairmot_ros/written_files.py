"""Writing files so that a full disk or a crash leaves no partial ones."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from fairmot_ros.file_errors import reason_of

PARTIAL = '.partial'  # suffix of files that are being written
MODE = 0o666  # of new files, less the process's umask


class WriteError(OSError):
    """A file that cannot be written; the message names it and says why."""

    def __init__(self, message: str, number: int | None = None) -> None:
        """Take the sentence, and the error number of the system if there is one."""
        super().__init__(message)
        self.errno = number


@contextmanager
def replacing(path: str | os.PathLike[str], mode: int = MODE) -> Iterator[Path]:
    """Give the path of a temporary file beside `path`, and rename it once it is complete.

    On any exception the temporary file is removed, and what was at `path` before stays.

    Args:
        path: of the file to write; its folder must exist.
        mode: permissions of the file, less the process's umask.

    Raises:
        WriteError: if the file cannot be written.
    """
    path = Path(path)
    partial = path.with_name(path.name + PARTIAL)
    with writing(path):
        partial.unlink(missing_ok=True)  # of a process that crashed, with other permissions
        os.close(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode))
        try:
            yield partial
            partial.replace(path)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Raise WriteError, which names the file, instead of any other OSError.

    The RuntimeError that torch raises on an OSError is one as well.
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
    """Write a file, whole or not at all.

    Raises:
        WriteError: if it cannot be written.
    """
    with replacing(path) as partial:
        partial.write_bytes(data)


def write_text(path: str | os.PathLike[str], text: str) -> None:
    """Write a UTF-8 file, whole or not at all; errors as for `write_bytes`."""
    write_bytes(path, text.encode())


def write_image(
    path: str | os.PathLike[str], image: NDArray[np.uint8], options: Sequence[int] = ()
) -> None:
    """Write an image in the format of the path's suffix, whole or not at all.

    Args:
        path: of the file.
        image: uint8 [H, W] or [H, W, 3], BGR.
        options: of the format, as OpenCV's imwrite takes them.

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
    """A file that grows by blocks, each of which is in it as a whole or not at all.

    Attributes:
        path: of the file.
    """

    def __init__(self, path: Path, *, append: bool = False) -> None:
        """Open the file, empty unless `append`.

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
            WriteError: if it does not fit; the file then ends with the block before.
        """
        data = memoryview(text.encode())
        with writing(self.path):
            try:
                while data:
                    data = data[self._file.write(data) or 0 :]
            except OSError:
                with suppress(OSError):  # a device cannot be cut
                    self._file.truncate(self._size)
                    self._file.seek(self._size)
                raise
        self._size = self._file.tell()

    def close(self) -> None:
        """Close the file."""
        self._file.close()
