# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Reading of a bag: its topics, and its messages in the order of recording."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import ExitStack, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from rosbags.interfaces import MessageDefinition, MessageDefinitionFormat
from rosbags.typesys import Stores, get_types_from_idl, get_types_from_msg
from rosbags.typesys import get_typestore as new_store
from rosbags.typesys.store import Typestore

from fairmot_ros.evaluation.bags.errors import BagError
from fairmot_ros.evaluation.bags.message_types import former_types, known_types
from fairmot_ros.evaluation.bags.storage import decompress, open_storages
from fairmot_ros.files.errors import reading

CDR = 'cdr'


class Topic(NamedTuple):
    """A topic of a bag.

    Attributes:
        type: message type.
        messages: number of messages, according to the bag.
        encoding: serialisation; only 'cdr' can be read.
    """

    type: str
    messages: int
    encoding: str = CDR


class Message(NamedTuple):
    """A recorded message.

    Attributes:
        topic: name of the topic.
        time: time of recording in nanoseconds.
        data: the message, serialised as CDR.
    """

    topic: str
    time: int
    data: bytes


class Bag:
    """An open bag; use it as a context manager.

    Attributes:
        path: folder, or .mcap or .db3 file.
        topics: topics by name.
        damage: sentence on the damage of a partly readable bag, '' if none is known; may change
            while messages are read.
    """

    def __init__(self, path: str | Path) -> None:
        """Open a bag.

        Raises:
            BagError: if there is no bag, or nothing in it is readable.
        """
        self.path = Path(path)
        self._stack = ExitStack()
        try:
            with reading(f'{self.path} cannot be read', BagError):
                self._storages, self.damage = open_storages(self.path, self._stack)
        except BaseException:
            self._stack.close()
            raise
        self.topics: dict[str, Topic] = {}
        for storage in self._storages:
            topics: dict[Any, Any] = dict(storage.topics)  # types are wrong if it is damaged
            for name, (kind, count) in topics.items():
                if not (isinstance(name, str) and isinstance(kind, str)):
                    self.damage = (
                        self.damage or f'{self.path} is damaged: a topic has no name or type'
                    )
                    continue
                before = self.topics.get(name, Topic(kind, 0))
                encoding = storage.encodings.get(name, CDR)
                self.topics[name] = Topic(kind, before.messages + count, str(encoding))
        self._types: dict[str, tuple[Typestore, ...]] = {}  # by message type

    def __enter__(self) -> Bag:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the files."""
        self._stack.close()

    def messages(self, topics: Collection[str]) -> Iterator[Message]:
        """Yield the messages of some topics, up to the first damage; see `damage`.

        Raises:
            BagError: if the bag has no such topic, or reading fails otherwise.
        """
        for name in topics:
            if name not in self.topics:
                raise BagError(f'{self.path} has no topic {name}; it has {self.list_topics()}')
            if self.topics[name].encoding != CDR:
                raise BagError(
                    f'{self.path}: {name} is serialised as {self.topics[name].encoding!r}; '
                    f'expected {CDR}'
                )
        with reading(f'{self.path} cannot be read', BagError):
            for storage in self._storages:
                for topic, time, stored in storage.messages(topics):
                    # SQLite does not enforce types.
                    data = decompress(stored) if isinstance(stored, bytes) else b''
                    if data is None:
                        self.damage = (
                            f'{self.path} is damaged: only messages before the damage are used'
                        )
                        return
                    yield Message(topic, time, data)
                if storage.damage:
                    self.damage = storage.damage
                    return

    def decode(self, message: Message) -> Any:
        """Deserialise a message into an object with its fields as attributes.

        Raises:
            BagError: if the data does not fit the message type.
        """
        kind = self.topics[message.topic].type
        what = f'{self.path}: a message on {message.topic} cannot be read as {kind}'
        with reading(what, BagError):
            *likely, last = self._types_of(kind)
            for types in likely:
                with suppress(Exception):  # any exception is possible if the type does not fit
                    return types.deserialize_cdr(message.data, kind)
            return last.deserialize_cdr(message.data, kind)

    def topics_of(self, types: Collection[str]) -> list[str]:
        """Return the names of topics with readable messages of some types, sorted."""
        return sorted(
            name
            for name, topic in self.topics.items()
            if topic.type in types and topic.messages and topic.encoding == CDR
        )

    def choose(self, types: Collection[str], what: str) -> str:
        """Return the name of the only topic of some types.

        Args:
            types: message types.
            what: content of the topic in error messages.

        Raises:
            BagError: if there is none or more than one.
        """
        found = self.topics_of(types)
        if len(found) == 1:
            return found[0]
        if found:
            raise BagError(
                f'{self.path} has several topics with {what}, {", ".join(found)}: choose one'
            )
        raise BagError(
            f'{self.path} has no topic with {what} ({" or ".join(types)}); it has '
            f'{self.list_topics()}'
        )

    def check(self, topic: str, types: Collection[str]) -> str:
        """Return the name of a topic, with a leading slash if the bag has one.

        Raises:
            BagError: if the bag has no such topic, or it has none of the types.
        """
        name = topic if topic.startswith('/') or topic in self.topics else f'/{topic}'
        if name not in self.topics:
            raise BagError(f'{self.path} has no topic {name}; it has {self.list_topics()}')
        if self.topics[name].type not in types:
            raise BagError(
                f'{name} in {self.path} has type {self.topics[name].type}; expected '
                f'{" or ".join(types)}'
            )
        return name

    def list_topics(self) -> str:
        """Return names, types and numbers of messages of all topics as text."""
        if not self.topics:
            return 'no topics'
        return ', '.join(
            f'{name} ({topic.type}, {topic.messages} messages'
            f'{"" if topic.encoding == CDR else f", serialised as {topic.encoding}"})'
            for name, topic in sorted(self.topics.items())
        )

    def _types_of(self, kind: str) -> tuple[Typestore, ...]:
        """Return type stores to deserialise a message type with, the most likely one first.

        They are the definition in the bag, if there is one, and the current definition; for
        messages of this package without a definition in the bag, also the former definition.
        """
        if kind not in self._types:
            definitions = (storage.definitions.get(kind) for storage in self._storages)
            embedded = (_embedded_types(kind, d) for d in definitions if d is not None)
            usable = next(filter(None, embedded), None)
            if usable is not None:
                known = (known_types(),) if kind in known_types().fielddefs else ()
                self._types[kind] = (usable, *known)
            elif kind.startswith('fairmot_ros/'):
                self._types[kind] = (known_types(), former_types())
            else:
                self._types[kind] = (known_types(),)
        return self._types[kind]


@lru_cache(maxsize=64)  # bags of the same recorder have the same definitions
def _embedded_types(kind: str, definition: MessageDefinition) -> Typestore | None:
    """Return the known types with a definition of a bag; None if the definition is invalid."""
    store = new_store(Stores.EMPTY)
    with suppress(Exception):  # any exception is possible for an invalid text
        store.register({**known_types().fielddefs, **_parse(kind, definition)})
        return store
    return None


def _parse(kind: str, definition: MessageDefinition) -> dict:
    if definition.format == MessageDefinitionFormat.MSG:
        return get_types_from_msg(definition.data, kind)
    rule = '=' * 80 + '\n'
    if not definition.data.startswith(f'{rule}IDL: '):
        return get_types_from_idl(definition.data)
    fields: dict = {}
    for part in definition.data.split(rule)[1:]:
        fields.update(get_types_from_idl(part.split('\n', 1)[1]))
    return fields
