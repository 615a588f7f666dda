# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Files of a bag: intact ones are read by rosbags, damaged ones as far as possible."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Collection, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path, PurePath
from typing import Any, Protocol

import yaml
from rosbags.interfaces import MessageDefinition, MessageDefinitionFormat
from rosbags.rosbag2 import Reader

from fairmot_ros.evaluation.bags.errors import BagError
from fairmot_ros.evaluation.bags.plugin import PluginStorage
from fairmot_ros.evaluation.bags.salvage import SALVAGERS
from fairmot_ros.files.unpacking import MAX_CHUNK_BYTES, UnpackError, copy_unpacked, too_large
from fairmot_ros.files.writing import writing
from fairmot_ros.files.yaml_files import read_yaml

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd  # comes with rosbags

STORAGES = ('mcap', 'sqlite3')
#: Suffixes of images, to recognize a folder of images that is given instead of a bag.
IMAGE_SUFFIXES = {'.jpg', '.jpeg', '.png', '.bmp', '.tif', '.tiff'}
METADATA = 'metadata.yaml'
ZSTD_SUFFIX, ZSTD_MAGIC = '.zstd', b'\x28\xb5\x2f\xfd'
#: Beginning of the error of rosbags for chunks with an unsupported compression.
UNKNOWN_CHUNKS = 'Unsupported chunk compression'

#: Largest unpacked size of a compressed message, in bytes: three times the largest image.
MAX_MESSAGE_BYTES = 1 << 30
#: Largest ratio of the unpacked to the compressed size of a file; raw video has 10 to 20.
MAX_UNPACK_RATIO = 200
#: Unpacked size, in bytes, that is allowed for any file.
ALWAYS_UNPACKED_BYTES = 1 << 28


class Storage(Protocol):
    """One file of a bag.

    Attributes:
        topics: message type and number of messages by topic name.
        encodings: serialisation by topic name; 'cdr' for missing topics.
        definitions: embedded message definitions by message type.
        damage: sentence on what could not be read; '' if nothing is known.
    """

    topics: dict[str, tuple[str, int]]
    encodings: dict[str, str]
    definitions: dict[str, MessageDefinition]
    damage: str

    def messages(self, topics: Collection[str]) -> Iterator[tuple[str, int, bytes]]:
        """Yield topic, time of recording in nanoseconds, and data, up to the first damage."""


class IntactStorage:
    """A file that rosbags can open; see `Storage`.

    Files are opened one by one instead of the bag as a whole: rosbags silently omits topics whose
    QoS in metadata.yaml differs from that in the files.
    """

    def __init__(self, path: Path, stack: ExitStack) -> None:
        """Open a file.

        Raises:
            UnpackError: if a chunk is too large when unpacked.
            Exception: any other error of rosbags.
        """
        self._path = path
        self._reader = Reader(path)
        stack.enter_context(self._reader)
        self.damage = ''
        mcap: Any = getattr(self._reader, 'storage', None)
        for chunk in getattr(mcap, 'chunks', ()):
            if chunk.uncompressed_size > MAX_CHUNK_BYTES:
                raise too_large(f'a chunk of {path}', MAX_CHUNK_BYTES)
        self.topics: dict[str, tuple[str, int]] = {}
        self.encodings: dict[str, str] = {}
        self.definitions: dict[str, MessageDefinition] = {}
        for connection in self._reader.connections:
            self.encodings[connection.topic] = connection.ext.serialization_format
            count = self.topics.get(connection.topic, ('', 0))[1]
            self.topics[connection.topic] = (connection.msgtype, count + connection.msgcount)
            defined = connection.msgdef.format != MessageDefinitionFormat.NONE
            if defined and self.encodings[connection.topic] == 'cdr':
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
                    f'{self._path} is damaged ({error}): only messages before it are used'
                )
                return
            yield connection.topic, time, data


def decompress(data: bytes) -> bytes | None:
    """Return the data of a message, decompressed if necessary; None if it is damaged.

    Raises:
        UnpackError: if the unpacked size exceeds `MAX_MESSAGE_BYTES`.
    """
    if data[:4] != ZSTD_MAGIC:  # CDR begins with a zero, so it cannot be mistaken for zstd
        return data
    try:
        with zstd.open(BytesIO(data), 'rb') as source:
            unpacked = source.read(MAX_MESSAGE_BYTES + 1)
    except (zstd.ZstdError, EOFError):
        return None
    if len(unpacked) > MAX_MESSAGE_BYTES:
        raise too_large('a compressed message', MAX_MESSAGE_BYTES)
    return unpacked


def open_storages(path: Path, stack: ExitStack) -> tuple[list[Storage], str]:
    """Open the files of a bag, as far as they are readable.

    Returns:
        The storages in order, and a sentence on the damage of the bag, '' if it is intact.

    Raises:
        BagError: if there is no bag, its format is not supported, or nothing in it is readable.
    """
    metadata = _read_metadata(path)
    if metadata is not None and metadata.refusal:
        return [PluginStorage(path, metadata.refusal, compressed=bool(metadata.compression))], ''
    files, damages = _find_files(path, metadata)
    storages: list[Storage] = []
    for file in files:
        found, damage = _open_file(file, stack)
        if found is not None:
            storages.append(found)
        damages += [damage] if damage else []
    if not storages:
        raise BagError(f'nothing in {path} can be read: {"; ".join(damages)}')
    if not damages:
        return storages, ''
    count = sum(count for storage in storages for _, count in storage.topics.values())
    return storages, f'{"; ".join(damages)}: the {count} messages that could be read are used'


def _find_files(path: Path, metadata: Metadata | None) -> tuple[list[Path], list[str]]:
    """Return the existing files of a bag, and descriptions of its damage."""
    if not path.exists():
        raise BagError(f'no bag at {path}: expected a folder, or an .mcap or .db3 file')
    if path.is_file():
        if _kind(path) not in SALVAGERS:
            raise BagError(
                f'{path} is not a ROS 2 bag: expected a folder, or an .mcap or .db3 file'
                + ('; rosbags-convert converts ROS 1 bags' if path.suffix == '.bag' else '')
            )
        return [path], []
    present = sorted(p for p in path.iterdir() if _kind(p) in SALVAGERS)
    if not (path / METADATA).is_file():
        if not present:
            raise BagError(
                f'{path} is not a bag: it has no {METADATA} and no .mcap or .db3 file{_hint(path)}'
            )
        return present, [f'{path} has no {METADATA}, so the recording was not finished']
    if metadata is None:
        return present, [f'{path / METADATA} is damaged']
    missing = [name for name in metadata.files if not (path / name).is_file()]
    return (
        [path / name for name in metadata.files if name not in missing],
        [f'{path} lacks {", ".join(missing)}'] if missing else [],
    )


def _hint(folder: Path) -> str:
    """Return which tool converts the content of a folder that is not a bag, '' if unknown."""
    suffixes = {path.suffix.lower() for path in folder.iterdir()}
    hints = []
    if '.bag' in suffixes:
        hints.append('rosbags-convert converts its ROS 1 bag')
    if suffixes & IMAGE_SUFFIXES or (folder / 'img1').is_dir():
        hints.append('fairmot-mot2bag creates a bag from its images')
    return ''.join(f'; {hint}' for hint in hints)


def _kind(path: Path) -> str:
    """Return the suffix of a file without that of its compression."""
    return path.with_suffix('').suffix if path.suffix == ZSTD_SUFFIX else path.suffix


@dataclass(frozen=True)
class Metadata:
    """Content of metadata.yaml.

    Attributes:
        files: names of the files of the bag.
        compression: compression format, '' for none.
        refusal: why rosbags cannot read the bag, '' if it can.
    """

    files: tuple[str, ...]
    compression: str
    refusal: str


def _read_metadata(path: Path) -> Metadata | None:
    """Return the metadata of a bag; None if they are missing or unreadable."""
    try:
        information = read_yaml(path / METADATA)['rosbag2_bagfile_information']
        storage = information['storage_identifier']
        compression = information.get('compression_format') or ''
        # Early versions of rosbag2 store paths relative to the parent folder.
        files = tuple(PurePath(name).name for name in information['relative_file_paths'])
    except (OSError, yaml.YAMLError, UnicodeDecodeError, KeyError, TypeError, AttributeError):
        return None
    refusal = ''
    if storage not in STORAGES:
        refusal = (
            f'{path} is stored as {storage!r}; expected {" or ".join(STORAGES)}: convert it with '
            '`ros2 bag convert`, or source a ROS 2 installation with the plugin for it'
        )
    elif compression not in ('', 'zstd'):
        refusal = (
            f'{path} is compressed as {compression!r}; expected zstd or none: decompress it with '
            '`ros2 bag convert`, or source a ROS 2 installation with the plugin for it'
        )
    return Metadata(files, compression, refusal)


def _open_file(file: Path, stack: ExitStack) -> tuple[Storage | None, str]:
    """Open a file, if necessary only its readable part; return it and a text on its damage."""
    plain = _unpack(file, stack) if file.suffix == ZSTD_SUFFIX else file
    if _has_journal(plain):
        damage = f'{file} was not closed'
    else:
        try:
            return IntactStorage(plain, stack), ''
        except UnpackError:
            raise
        except Exception as error:  # damaged bytes raise almost anything
            damage = f'{file} is truncated or damaged ({str(error) or type(error).__name__})'
    salvaged: Any = SALVAGERS[plain.suffix](plain, stack)
    if salvaged.is_whole:  # rosbags does not support its content, such as a protobuf schema
        damage = ''
    return salvaged if salvaged.topics else None, damage


def _has_journal(file: Path) -> bool:
    """Return whether a database was not closed, so that its newest rows are in a journal."""
    journal = file.with_name(f'{file.name}-wal')
    return journal.is_file() and journal.stat().st_size > 0


def _unpack(file: Path, stack: ExitStack) -> Path:
    """Decompress a file into a temporary one, up to the first damage.

    Raises:
        UnpackError: if the unpacked size exceeds MAX_UNPACK_RATIO and ALWAYS_UNPACKED_BYTES.
        WriteError: if the temporary file cannot be written.
    """
    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix='fairmot_'))
    plain = Path(folder) / file.stem
    limit = max(MAX_UNPACK_RATIO * file.stat().st_size, ALWAYS_UNPACKED_BYTES)
    with writing(plain), zstd.open(file, 'rb') as source, plain.open('wb') as target:
        with suppress(zstd.ZstdError, EOFError):
            # The truncated result of a damaged file is recognized when it is opened.
            copy_unpacked(source, target, file, limit)
    return plain
