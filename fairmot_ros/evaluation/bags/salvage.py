# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Reading of files that rosbags cannot open, up to the first damage."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO

from rosbags.interfaces import MessageDefinition, MessageDefinitionFormat

from fairmot_ros.evaluation.bags.errors import BagError
from fairmot_ros.files.unpacking import MAX_CHUNK_BYTES, UnpackError, too_large

WITHOUT_SCHEMA = '__schemaless__'  # message type of topics without a schema, as in rosbags
FORMATS = {'ros2msg': MessageDefinitionFormat.MSG, 'ros2idl': MessageDefinitionFormat.IDL}


class SalvagedMcap:
    """An MCAP file, read from its start without the index at its end; see `Storage`.

    Attributes:
        is_whole: whether the file is complete.
    """

    def __init__(self, path: Path, stack: ExitStack) -> None:
        """Read the file once to find its topics."""
        self._path = path
        self._file: BinaryIO = stack.enter_context(path.open('rb'))
        self.damage = ''
        self.is_whole = False
        self.topics: dict[str, tuple[str, int]] = {}
        self.encodings: dict[str, str] = {}
        self.definitions: dict[str, MessageDefinition] = {}
        counts = Counter(topic for topic, _, _ in self._records())
        self.topics = {name: (kind, counts[name]) for name, (kind, _) in self.topics.items()}

    def messages(self, topics: Collection[str]) -> Iterator[tuple[str, int, bytes]]:
        """See `Storage`; `damage` is empty, as `open_storages` describes it."""
        return (record for record in self._records() if record[0] in topics)

    def _records(self) -> Iterator[tuple[str, int, bytes]]:
        try:
            from mcap.exceptions import UnsupportedCompressionError
            from mcap.records import Channel, Chunk, Message, Schema
            from mcap.stream_reader import StreamReader, breakup_chunk
        except ImportError:
            raise BagError(
                f'{self._path} is damaged; reading its intact part needs the Python package mcap: '
                'pip install mcap'
            ) from None
        self._file.seek(0)
        schemas: dict[int, Schema] = {}
        channels: dict[int, Channel] = {}

        def unpacked() -> Iterator[Any]:
            for record in StreamReader(self._file, emit_chunks=True).records:
                if not isinstance(record, Chunk):
                    yield record
                elif record.uncompressed_size > MAX_CHUNK_BYTES:
                    raise too_large(f'a chunk of {self._path}', MAX_CHUNK_BYTES)
                else:
                    yield from breakup_chunk(record)

        records = unpacked()
        while True:
            try:
                record: Any = next(records)
            except StopIteration:
                self.is_whole = True
                return
            except UnpackError:
                raise
            except UnsupportedCompressionError as error:
                raise BagError(f'{self._path}: {error}; expected lz4 or zstd') from error
            except Exception:  # damaged bytes raise almost anything
                return
            if isinstance(record, Schema):
                schemas[record.id] = record
            elif isinstance(record, Channel) and record.schema_id in {0, *schemas}:
                channels[record.id] = record
                self._add_topic(record, schemas.get(record.schema_id))
            elif isinstance(record, Message) and record.channel_id in channels:
                yield channels[record.channel_id].topic, record.log_time, record.data

    def _add_topic(self, channel: Any, schema: Any) -> None:
        self.topics.setdefault(channel.topic, (schema.name if schema else WITHOUT_SCHEMA, 0))
        self.encodings[channel.topic] = channel.message_encoding
        if schema and schema.encoding in FORMATS and channel.message_encoding == 'cdr':
            text = schema.data.decode(errors='replace')
            self.definitions[schema.name] = MessageDefinition(FORMATS[schema.encoding], text)


class SalvagedSqlite:
    """A truncated or unclosed SQLite database; see `Storage`.

    Attributes:
        is_whole: always false.
    """

    def __init__(self, path: Path, stack: ExitStack) -> None:
        """Read the file once to find its topics."""
        self._connection = sqlite3.connect(f'{path.resolve().as_uri()}?mode=ro', uri=True)
        stack.callback(self._connection.close)
        self.damage = ''
        self.is_whole = False
        self.topics: dict[str, tuple[str, int]] = {}
        self.encodings: dict[str, str] = {}
        self.definitions: dict[str, MessageDefinition] = {}
        # Makes SQLite accept a file that is shorter than its header states.
        list(self._rows('PRAGMA writable_schema = ON'))
        topics = list(self._rows('SELECT id, name, type FROM topics'))
        self._names = {number: name for number, name, _ in topics}
        self.topics = {name: (kind, 0) for _, name, kind in topics}
        counts = Counter(name for name, _, _ in self.messages(self.topics))
        self.topics = {name: (kind, counts[name]) for _, name, kind in topics}
        self.encodings = dict(self._rows('SELECT name, serialization_format FROM topics'))
        for kind, encoding, text in self._rows(
            'SELECT topic_type, encoding, encoded_message_definition FROM message_definitions'
        ):
            if encoding in FORMATS:
                self.definitions[kind] = MessageDefinition(FORMATS[encoding], text)

    def messages(self, topics: Collection[str]) -> Iterator[tuple[str, int, bytes]]:
        """See `Storage`; `damage` is empty, as `open_storages` describes it."""
        for number, time, data in self._rows(
            'SELECT topic_id, timestamp, data FROM messages ORDER BY id'
        ):
            if self._names.get(number) in topics:
                yield self._names[number], time, bytes(data)

    def _rows(self, query: str) -> Iterator[Any]:
        """Yield the rows up to the first damage."""
        try:
            yield from self._connection.execute(query)
        except sqlite3.Error:
            return


SALVAGERS: dict[str, type[SalvagedMcap] | type[SalvagedSqlite]] = {
    '.mcap': SalvagedMcap,
    '.db3': SalvagedSqlite,
}
