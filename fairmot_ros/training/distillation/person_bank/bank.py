"""The bank: windows of people with a teacher's embeddings, in files of some thousands each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from fairmot_ros.file_errors import reading
from fairmot_ros.training.data.sources import DataError
from fairmot_ros.training.distillation.person_bank.windows import Window
from fairmot_ros.unpacking import check_archive
from fairmot_ros.written_files import replacing

PATTERN = 'persons_*.npz'
JPEG_QUALITY = 92
NO_TRACK = -1


@dataclass(frozen=True)
class BankEntry:
    """One window as it is stored.

    Attributes:
        window: the person.
        embedding: float32 [T], the teacher's for this window.
        source: folder of the set that the person comes from.
        track: the same number for all windows of one person, in one file; NO_TRACK for people of
            whom there is one window.
    """

    window: Window
    embedding: NDArray[np.float32]
    source: str
    track: int = NO_TRACK


class PersonBank:
    """All windows of a folder.

    Attributes:
        embeddings: float32 [N, T] of unit length; the mean of the bank was taken off, which all
            people share and which tells nothing.
        sources: folder of the set that each window comes from.
        tracks: the rows of each person of whom there are several windows, int64 [N] each.
    """

    def __init__(self, folder: Path) -> None:
        """Read the files.

        Raises:
            DataError: if there are none, or one is damaged.
        """
        paths = sorted(folder.glob(PATTERN))
        if not paths:
            raise DataError(f'no {folder / PATTERN}: make a bank with fairmot-person-bank')
        parts = [_read(path) for path in paths]
        self._data = np.concatenate([part['data'] for part in parts])
        lengths = np.concatenate([part['lengths'] for part in parts])
        self._ends = np.cumsum(lengths)
        firsts = np.cumsum([0, *(len(part['boxes']) for part in parts)])
        self._boxes = np.concatenate([part['boxes'] for part in parts])
        self.sources: list[str] = [name for part in parts for name in part['sources'].tolist()]
        self.tracks = [rows for part, first in zip(parts, firsts) for rows in _tracks(part, first)]
        embeddings = _unit(np.concatenate([part['embeddings'] for part in parts]))
        self.embeddings = _unit(embeddings - embeddings.mean(axis=0))

    def __len__(self) -> int:
        return len(self._boxes)

    def window(self, row: int) -> Window:
        """Decode a window."""
        start = self._ends[row - 1] if row else 0
        data = self._data[start : self._ends[row]]
        return Window(np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR)), self._boxes[row])


def write_entries(path: Path, entries: Sequence[BankEntry]) -> None:
    """Write one file of a bank; a crash leaves none."""
    options = [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY]
    images = [cv2.imencode('.jpg', entry.window.image, options)[1] for entry in entries]
    with replacing(path) as partial, partial.open('wb') as file:
        np.savez(
            file,
            data=np.concatenate(images),
            lengths=np.array([len(image) for image in images], np.int64),
            boxes=np.array([entry.window.box_xyxy for entry in entries], np.float32),
            embeddings=np.array([entry.embedding for entry in entries], np.float32),
            sources=np.array([entry.source for entry in entries], np.str_),
            tracks=np.array([entry.track for entry in entries], np.int64),
        )


def _read(path: Path) -> dict[str, NDArray]:
    names = ('data', 'lengths', 'boxes', 'embeddings', 'sources', 'tracks')
    with reading(f'{path} is no file of a person bank, or damaged', DataError):
        check_archive(path)
        file = np.load(path)
    with reading(f'{path} is no file of a person bank, or damaged', DataError), file:
        return {name: file[name] for name in names}


def _tracks(part: dict[str, NDArray], first: int) -> list[NDArray[np.int64]]:
    """Return the rows of each track of a file whose first row is `first` in the bank."""
    numbers = part['tracks']
    known = np.unique(numbers[numbers != NO_TRACK])
    rows = [first + np.flatnonzero(numbers == number) for number in known]
    return [r for r in rows if len(r) > 1]


def _unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    unit: NDArray[np.float32] = rows / np.maximum(
        np.linalg.norm(rows, axis=1, keepdims=True), 1e-12
    )
    return unit
