"""Writing bags."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Any

from rosbags.interfaces import Connection
from rosbags.rosbag2 import CompressionFormat, CompressionMode, StoragePlugin, Writer, WriterError

from fairmot_ros.evaluation.bags.errors import BagError
from fairmot_ros.evaluation.bags.message_types import known_types

STORAGES = {'mcap': StoragePlugin.MCAP, 'sqlite3': StoragePlugin.SQLITE3}
VERSION = 8  # of the bag format: the newest that Humble reads


class BagWriter:
    """A new bag; a context manager that leaves nothing half-written that looks whole.

    Message types come with their definitions, so that any reader can make sense of them.
    """

    def __init__(self, path: str | Path, storage: str = 'mcap', *, compress: bool = False) -> None:
        """Prepare a bag.

        Args:
            path: folder that is made; it must not exist.
            storage: 'mcap' or 'sqlite3'.
            compress: compress each message with zstd.

        Raises:
            BagError: if the storage is unknown or the folder exists.
        """
        if storage not in STORAGES:
            raise BagError(f'storage must be one of {", ".join(STORAGES)}, got {storage!r}')
        try:
            self._writer = Writer(path, version=VERSION, storage_plugin=STORAGES[storage])
        except WriterError:
            raise BagError(f'{path} exists already: give another name or remove it') from None
        if compress:
            self._writer.set_compression(CompressionMode.MESSAGE, CompressionFormat.ZSTD)
        self._types = known_types()
        self._connections: dict[str, Connection] = {}

    def __enter__(self) -> BagWriter:
        self._writer.open()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._writer.__exit__(kind, error, trace)

    def add_topic(self, name: str, kind: str) -> None:
        """Announce a topic; `kind` is its type, such as 'sensor_msgs/msg/Image'."""
        self._connections[name] = self._writer.add_connection(name, kind, typestore=self._types)

    def write(self, topic: str, time: int, message: Any) -> None:
        """Write a message of `make`; `time` is nanoseconds."""
        connection = self._connections[topic]
        data = self._types.serialize_cdr(message, connection.msgtype)
        self._writer.write(connection, time, data)

    def make(self, kind: str, **fields: Any) -> Any:
        """Return a message of a type with all of its fields given."""
        return self._types.types[kind](**fields)
