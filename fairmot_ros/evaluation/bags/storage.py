"""Where the messages of a bag come from: sound files through rosbags, damaged ones salvaged."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

import yaml
from rosbags.interfaces import MessageDefinition, MessageDefinitionFormat
from rosbags.rosbag2 import Reader

from fairmot_ros.evaluation.bags.errors import BagError
from fairmot_ros.evaluation.bags.salvage import SALVAGERS

STORAGES = ('mcap', 'sqlite3')
METADATA = 'metadata.yaml'
UNKNOWN_CHUNKS = 'Unsupported chunk compression'  # how rosbags begins that error


class Storage(Protocol):
    """One or more files of a bag.

    Attributes:
        topics: name to message type and number of messages.
        definitions: of the message types, as far as they are embedded.
        damage: one sentence once something could not be read, '' until then.
    """

    topics: dict[str, tuple[str, int]]
    definitions: dict[str, MessageDefinition]
    damage: str

    def messages(self, topics: Collection[str]) -> Iterator[tuple[str, int, bytes]]:
        """Yield topic, time of recording in nanoseconds, and data; ends at the first damage."""


class SoundStorage:
    """What rosbags can open."""

    def __init__(self, path: Path, stack: ExitStack) -> None:
        """Open a bag's folder or a single file; raises whatever rosbags raises."""
        self._path = path
        self._reader = Reader(path)
        stack.enter_context(self._reader)
        self.damage = ''
        self.topics: dict[str, tuple[str, int]] = {}
        self.definitions: dict[str, MessageDefinition] = {}
        for connection in self._reader.connections:
            count = self.topics.get(connection.topic, ('', 0))[1]
            self.topics[connection.topic] = (connection.msgtype, count + connection.msgcount)
            if connection.msgdef.format != MessageDefinitionFormat.NONE:
                self.definitions[connection.msgtype] = connection.msgdef

    def messages(self, topics: Collection[str]) -> Iterator[tuple[str, int, bytes]]:
        """See `Storage`."""
        connections = [c for c in self._reader.connections if c.topic in topics]
        if not connections:
            return
        messages = self._reader.messages(connections)
        while True:
            try:
                connection, time, data = next(messages)
            except StopIteration:
                return
            except Exception as error:  # damaged bytes raise almost anything
                if str(error).startswith(UNKNOWN_CHUNKS):
                    raise BagError(f'{self._path}: {error} Expected lz4 or zstd') from error
                self.damage = (
                    f'{self._path} is damaged ({error}): only what comes before that is used'
                )
                return
            yield connection.topic, time, data


def open_storages(path: Path, stack: ExitStack) -> tuple[list[Storage], str]:
    """Open all of a bag, or as much of it as can be read.

    Returns:
        The storages in their order, and what is wrong with the bag, '' if nothing is.

    Raises:
        BagError: if there is no bag, or nothing in it can be read.
    """
    if not path.exists():
        raise BagError(f'no bag at {path}: expected a folder, or an .mcap or .db3 file')
    if path.is_file():
        if path.suffix not in SALVAGERS:
            raise BagError(
                f'{path} is not a bag of ROS 2: expected a folder, or an .mcap or .db3 file'
                + ('; rosbags-convert converts bags of ROS 1' if path.suffix == '.bag' else '')
            )
        return _open_files([path], '', stack)
    metadata = path / METADATA
    if not metadata.is_file():
        return _open_files(
            _files_in(path), f'{path} has no {METADATA}, so its recording was cut short', stack)
    _check_metadata(metadata)
    if any(map(_has_journal, path.glob('*.db3'))):
        return _open_files(_files_in(path), '', stack)
    try:
        return [SoundStorage(path, stack)], ''
    except Exception as error:  # damaged bytes raise almost anything
        return _open_files(_files_in(path), f'{path} is damaged ({error})', stack)


def _has_journal(file: Path) -> bool:
    """Whether a database was not closed: its newest rows are in a file beside it."""
    journal = file.with_name(f'{file.name}-wal')
    return journal.is_file() and journal.stat().st_size > 0


def _check_metadata(path: Path) -> None:
    """Raise BagError if the bag is of a kind that cannot be read."""
    try:
        information = yaml.safe_load(path.read_text())['rosbag2_bagfile_information']
        storage = information['storage_identifier']
        compression = information.get('compression_format') or ''
    except (yaml.YAMLError, UnicodeDecodeError, KeyError, TypeError, AttributeError):
        return  # damaged, as will be noticed in a moment
    if storage not in STORAGES:
        raise BagError(
            f'{path.parent} is stored as {storage!r}; expected {" or ".join(STORAGES)}: convert '
            'it with `ros2 bag convert`'
        )
    if compression not in ('', 'zstd'):
        raise BagError(
            f'{path.parent} is compressed as {compression!r}; expected zstd or none: decompress '
            'it with `ros2 bag convert`'
        )


def _files_in(folder: Path) -> list[Path]:
    files = sorted(p for p in folder.iterdir() if p.suffix in SALVAGERS)
    if files:
        return files
    if any(folder.glob('*.zstd')):
        raise BagError(
            f'{folder} is damaged and its files are compressed: decompress them with `unzstd` '
            'first'
        )
    raise BagError(f'{folder} is not a bag: it holds no {METADATA} and no .mcap or .db3 file')


def _open_files(files: list[Path], reason: str, stack: ExitStack) -> tuple[list[Storage], str]:
    """Open files one by one, the damaged ones by salvaging what is in them."""
    storages: list[Storage] = []
    damages = [reason] if reason else []
    for file in files:
        if _has_journal(file):
            reason = 'was not closed'
        else:
            try:
                storages.append(SoundStorage(file, stack))
                continue
            except Exception as error:  # damaged bytes raise almost anything
                reason = f'is cut short or damaged ({str(error) or type(error).__name__})'
        salvaged = SALVAGERS[file.suffix](file, stack)
        if salvaged.topics:
            storages.append(salvaged)
            damages.append(f'{file} {reason}')
    if not storages:
        raise BagError(f'nothing in {files[0]} can be read: it {reason}')
    count = sum(count for storage in storages for _, count in storage.topics.values())
    if not damages:
        return storages, ''
    return storages, f'{"; ".join(damages)}: the {count} messages that could be read are used'
