# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Storage of a person bank: windows of people with teacher embeddings, in .npz files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from fairmot_ros.files.errors import reading
from fairmot_ros.files.unpacking import check_archive
from fairmot_ros.files.writing import OWNER_ONLY, replacing
from fairmot_ros.pixels.files import decode_image
from fairmot_ros.training.data.problems import DataError
from fairmot_ros.training.distillation.person_bank.windows import Window

PATTERN = 'persons_*.npz'
JPEG_QUALITY = 92
NO_TRACK = -1


@dataclass(frozen=True)
class BankEntry:
    """A stored window.

    Attributes:
        window: image and box of the person.
        embedding: teacher embedding of the window, float32 [T].
        source: folder of the dataset that the person comes from.
        track: number shared by all windows of a person within a file; NO_TRACK for people with
            one window.
    """

    window: Window
    embedding: NDArray[np.float32]
    source: str
    track: int = NO_TRACK


class PersonBank:
    """All windows of a folder.

    Attributes:
        embeddings: unit-length teacher embeddings, float32 [N, T], centred: the mean of the bank
            was subtracted, because it does not distinguish people.
        sources: folder of the dataset of each window.
        tracks: for each person with several windows, their rows, int64 [M].
    """

    def __init__(self, folder: Path) -> None:
        """Read all files of a bank.

        Raises:
            DataError: if the folder has none or one is damaged.
        """
        paths = sorted(folder.glob(PATTERN))
        if not paths:
            raise DataError(f'no {folder / PATTERN}: create a bank with fairmot-person-bank')
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
        """Return the window of a row, decoded."""
        start = self._ends[row - 1] if row else 0
        data = self._data[start : self._ends[row]]
        return Window(decode_image(data.tobytes()), self._boxes[row])


def write_entries(path: Path, entries: Sequence[BankEntry]) -> None:
    """Write a file of a bank; an interrupted write leaves no file."""
    options = [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY]
    images = [cv2.imencode('.jpg', entry.window.image, options)[1] for entry in entries]
    with replacing(path, OWNER_ONLY) as partial, partial.open('wb') as file:
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
    with reading(f'{path} is not a file of a person bank, or is damaged', DataError):
        check_archive(path)
        file = np.load(path)
    with reading(f'{path} is not a file of a person bank, or is damaged', DataError), file:
        return {name: file[name] for name in names}


def _tracks(part: dict[str, NDArray], first: int) -> list[NDArray[np.int64]]:
    """Return the rows of each track of a file; `first` is the bank's row of its first window."""
    numbers = part['tracks']
    known = np.unique(numbers[numbers != NO_TRACK])
    rows = [first + np.flatnonzero(numbers == number) for number in known]
    return [r for r in rows if len(r) > 1]


def _unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    unit: NDArray[np.float32] = rows / np.maximum(
        np.linalg.norm(rows, axis=1, keepdims=True), 1e-12
    )
    return unit
