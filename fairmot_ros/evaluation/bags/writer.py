# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Writing of bags."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

from rosbags.interfaces import Connection
from rosbags.rosbag2 import CompressionFormat, CompressionMode, StoragePlugin, Writer, WriterError

from fairmot_ros.evaluation.bags.errors import BagError
from fairmot_ros.evaluation.bags.message_types import known_types
from fairmot_ros.files.errors import reason_of
from fairmot_ros.files.writing import PARTIAL

STORAGES = {'mcap': StoragePlugin.MCAP, 'sqlite3': StoragePlugin.SQLITE3}
VERSION = 8  # newest version of the bag format that Humble reads


class BagWriter:
    """A new bag; use it as a context manager.

    The bag is written to a temporary folder and renamed when it is complete; on any exception it
    is removed. Message definitions are embedded, so that any tool can read the bag.
    """

    def __init__(self, path: str | Path, storage: str = 'mcap', *, compress: bool = False) -> None:
        """Prepare a bag.

        Args:
            path: folder to create; it must not exist.
            storage: 'mcap' or 'sqlite3'.
            compress: compress each message with zstd.

        Raises:
            BagError: if the storage is unknown or the folder exists.
        """
        if storage not in STORAGES:
            raise BagError(f'storage must be one of {", ".join(STORAGES)}, got {storage!r}')
        self._path = Path(path).resolve()
        if self._path.exists():
            raise BagError(f'{path} already exists: choose another name or remove it')
        self._folder = self._path.with_name(self._path.name + PARTIAL)
        if self._folder.is_dir():
            shutil.rmtree(self._folder)  # left by a crashed process
        # Files of a bag are named like its folder, so the temporary name is one level above.
        whole = self._folder / self._path.name
        self._writer = Writer(whole, version=VERSION, storage_plugin=STORAGES[storage])
        if compress:
            self._writer.set_compression(CompressionMode.MESSAGE, CompressionFormat.ZSTD)
        self._types = known_types()
        self._connections: dict[str, Connection] = {}

    def __enter__(self) -> BagWriter:
        with self._removed_on_error():
            self._folder.mkdir(parents=True)
            self._writer.open()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._removed_on_error():
            self._writer.__exit__(kind, error, trace)
            if error is None:
                (self._folder / self._path.name).rename(self._path)
        shutil.rmtree(self._folder, ignore_errors=True)

    @contextmanager
    def _removed_on_error(self) -> Iterator[None]:
        """Remove the bag on any exception; raise BagError if writing fails."""
        try:
            yield
        except (OSError, sqlite3.Error, WriterError) as error:
            shutil.rmtree(self._folder, ignore_errors=True)
            reason = getattr(error, 'strerror', None) or reason_of(error)
            raise BagError(f'{self._path} cannot be written: {reason}') from error
        except BaseException:  # such as an interrupt
            shutil.rmtree(self._folder, ignore_errors=True)
            raise

    def add_topic(self, name: str, kind: str) -> None:
        """Add a topic; `kind` is its message type, such as 'sensor_msgs/msg/Image'."""
        self._connections[name] = self._writer.add_connection(name, kind, typestore=self._types)

    def write(self, topic: str, time: int, message: Any) -> None:
        """Write a message made by `make`; `time` is in nanoseconds."""
        connection = self._connections[topic]
        data = self._types.serialize_cdr(message, connection.msgtype)
        with self._removed_on_error():
            self._writer.write(connection, time, data)

    def make(self, kind: str, **fields: Any) -> Any:
        """Return a message of a type; all of its fields must be given."""
        return self._types.types[kind](**fields)
