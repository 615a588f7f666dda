"""Where the messages of a bag come from: sound files through rosbags, damaged ones salvaged."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Collection, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any, Protocol

import yaml
from rosbags.interfaces import MessageDefinition, MessageDefinitionFormat
from rosbags.rosbag2 import Reader

from fairmot_ros.evaluation.bags.errors import BagError
from fairmot_ros.evaluation.bags.plugin import PluginStorage
from fairmot_ros.evaluation.bags.salvage import SALVAGERS

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd  # comes with rosbags

STORAGES = ('mcap', 'sqlite3')
METADATA = 'metadata.yaml'
ZSTD_SUFFIX, ZSTD_MAGIC = '.zstd', b'\x28\xb5\x2f\xfd'
UNKNOWN_CHUNKS = 'Unsupported chunk compression'  # how rosbags begins that error
BLOCK = 1 << 16  # bytes; of one that is cut short nothing is kept


class Storage(Protocol):
    """One file of a bag.

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
    """A file that rosbags can open.

    File by file, not the folder as a whole: rosbags leaves topics out, and does not say so,
    whose qualities of service in metadata.yaml are not those in the files.
    """

    def __init__(self, path: Path, stack: ExitStack) -> None:
        """Open a file; raises whatever rosbags raises.

        Raises:
            BagError: if its messages are not serialised as CDR.
        """
        self._path = path
        self._reader = Reader(path)
        stack.enter_context(self._reader)
        self.damage = ''
        self.topics: dict[str, tuple[str, int]] = {}
        self.definitions: dict[str, MessageDefinition] = {}
        for connection in self._reader.connections:
            if connection.ext.serialization_format != 'cdr':
                raise BagError(
                    f'{path}: {connection.topic} is serialised as '
                    f'{connection.ext.serialization_format!r}; expected cdr'
                )
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


def decompress(data: bytes) -> bytes | None:
    """Return the data of a message, which a bag may hold compressed; None if it is damaged."""
    if data[:4] != ZSTD_MAGIC:  # as is no CDR, which begins with a zero
        return data
    try:
        return zstd.decompress(data)
    except zstd.ZstdError:
        return None


def open_storages(path: Path, stack: ExitStack) -> tuple[list[Storage], str]:
    """Open all of a bag, or as much of it as can be read.

    Returns:
        The storages in their order, and what is wrong with the bag, '' if nothing is.

    Raises:
        BagError: if there is no bag, it is of a kind that cannot be read, or nothing in it can.
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
    """Return the files of a bag that are there, and what is wrong with it so far."""
    if not path.exists():
        raise BagError(f'no bag at {path}: expected a folder, or an .mcap or .db3 file')
    if path.is_file():
        if _kind(path) not in SALVAGERS:
            raise BagError(
                f'{path} is not a bag of ROS 2: expected a folder, or an .mcap or .db3 file'
                + ('; rosbags-convert converts bags of ROS 1' if path.suffix == '.bag' else '')
            )
        return [path], []
    present = sorted(p for p in path.iterdir() if _kind(p) in SALVAGERS)
    if not (path / METADATA).is_file():
        if not present:
            raise BagError(
                f'{path} is not a bag: it holds no {METADATA} and no .mcap or .db3 file'
            )
        return present, [f'{path} has no {METADATA}, so its recording was cut short']
    if metadata is None:
        return present, [f'{path / METADATA} is damaged']
    missing = [name for name in metadata.files if not (path / name).is_file()]
    return (
        [path / name for name in metadata.files if name not in missing],
        [f'{path} lacks {", ".join(missing)}'] if missing else [],
    )


def _kind(path: Path) -> str:
    """Return the suffix of a file, or that before the one of its compression."""
    return path.with_suffix('').suffix if path.suffix == ZSTD_SUFFIX else path.suffix


@dataclass(frozen=True)
class Metadata:
    """What metadata.yaml says: names of the files, compression, and why rosbags cannot read it."""

    files: tuple[str, ...]
    compression: str
    refusal: str


def _read_metadata(path: Path) -> Metadata | None:
    """Return what the metadata of a bag say, None if there are none or they cannot be read."""
    try:
        information = yaml.safe_load((path / METADATA).read_text())['rosbag2_bagfile_information']
        storage = information['storage_identifier']
        compression = information.get('compression_format') or ''
        # Early versions name files by their path from the folder above.
        files = tuple(PurePath(name).name for name in information['relative_file_paths'])
    except (OSError, yaml.YAMLError, UnicodeDecodeError, KeyError, TypeError, AttributeError):
        return None
    refusal = ''
    if storage not in STORAGES:
        refusal = (
            f'{path} is stored as {storage!r}; expected {" or ".join(STORAGES)}: convert it with '
            '`ros2 bag convert`, or source a ROS 2 that has the plugin for it'
        )
    elif compression not in ('', 'zstd'):
        refusal = (
            f'{path} is compressed as {compression!r}; expected zstd or none: decompress it with '
            '`ros2 bag convert`, or source a ROS 2 that has the plugin for it'
        )
    return Metadata(files, compression, refusal)


def _open_file(file: Path, stack: ExitStack) -> tuple[Storage | None, str]:
    """Open a file, by salvaging what is in it if need be, and say what is wrong with it."""
    plain = _unpack(file, stack) if file.suffix == ZSTD_SUFFIX else file
    if _has_journal(plain):
        damage = f'{file} was not closed'
    else:
        try:
            return SoundStorage(plain, stack), ''
        except BagError:
            raise
        except Exception as error:  # damaged bytes raise almost anything
            damage = f'{file} is cut short or damaged ({str(error) or type(error).__name__})'
    salvaged: Any = SALVAGERS[plain.suffix](plain, stack)
    return salvaged if salvaged.topics else None, damage


def _has_journal(file: Path) -> bool:
    """Whether a database was not closed: its newest rows are in a file beside it."""
    journal = file.with_name(f'{file.name}-wal')
    return journal.is_file() and journal.stat().st_size > 0


def _unpack(file: Path, stack: ExitStack) -> Path:
    """Decompress a file into a temporary one, as far as that goes."""
    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix='fairmot_'))
    plain = Path(folder) / file.stem
    with zstd.open(file, 'rb') as source, plain.open('wb') as target:
        try:
            while block := source.read(BLOCK):
                target.write(block)
        except (zstd.ZstdError, EOFError):
            pass  # the plain file is cut short as well, and will be found to be
    return plain
