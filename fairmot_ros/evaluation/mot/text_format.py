# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Reading and writing of MOTChallenge text.

One row per box: frame, id, left, top, width, height, confidence (in ground truth: a mark, 0 for
rows to ignore), then class and visibility (MOT16, MOT17, MOT20) or three world coordinates
(MOT15). Frame numbers start at 1, boxes are in pixels.
"""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fairmot_ros.files.errors import reading
from fairmot_ros.files.label_errors import LabelError, MissingLabelsError
from fairmot_ros.files.unpacking import MAX_TEXT_BYTES, read_gzip
from fairmot_ros.files.writing import write_bytes, write_text
from fairmot_ros.types import Tracks

MotArray = NDArray[np.float64]
MotSource = str | os.PathLike[str] | ArrayLike

FRAME, ID, LEFT, TOP, WIDTH, HEIGHT, MARK, CLASS = range(8)
MIN_COLUMNS, MAX_COLUMNS = 7, 10

_COLUMNS = (
    f'expected {MIN_COLUMNS} to {MAX_COLUMNS} columns '
    '(frame, id, left, top, width, height, confidence, ...)'
)
_LARGEST_INTEGER = 2.0**53  # above it, float64 cannot represent every integer


def rows_of_tracks(frame: int, tracks: Tracks) -> MotArray:
    """Return the tracks of a frame as result rows [N, 10], with their scores as confidence."""
    rows = np.full((len(tracks), MAX_COLUMNS), -1.0)
    rows[:, FRAME], rows[:, ID], rows[:, MARK] = frame, tracks.ids, tracks.scores
    rows[:, LEFT : HEIGHT + 1] = tracks.boxes_xywh
    return rows


def read_mot(path: str | os.PathLike[str]) -> MotArray:
    """Read a MOTChallenge text file (plain or .gz; separated by commas or white space).

    Returns:
        float64 [N, C] in the order of the file, C between 7 and 10; [0, 10] for an empty file.

    Raises:
        LabelError: if a line is invalid; the message names file and line.
        MissingLabelsError: if there is no such file; it is a FileNotFoundError as well.
    """
    path = Path(path)
    with reading(f'{path}: not a MOTChallenge text file', LabelError):
        return _read_mot(path)


def _read_mot(path: Path) -> MotArray:
    every_line = enumerate(_read_text(path).splitlines(), start=1)
    numbered = [(number, line) for number, line in every_line if line.strip()]
    if not numbered:
        return np.zeros((0, MAX_COLUMNS))
    lines = [line for _, line in numbered]
    separator = ',' if ',' in lines[0] else None
    try:
        rows = np.loadtxt(lines, delimiter=separator, comments=None, ndmin=2, dtype=np.float64)
    except ValueError:
        raise _reading_error(path, numbered, separator) from None
    invalid = _find_invalid_row(rows)
    if invalid is not None:
        index, reason = invalid
        raise LabelError(f'{path}, line {numbered[index][0]}: {reason}')
    return rows


def write_mot(path: str | os.PathLike[str], rows: ArrayLike) -> None:
    """Write rows as MOTChallenge text; `read_mot` returns exactly the same numbers.

    Args:
        path: path of the file, compressed if it ends in .gz; its folder must exist.
        rows: [N, C] with C between 7 and 10.

    Raises:
        ValueError: if a row is invalid.
        WriteError: if the file cannot be written; an existing file is then unchanged.
    """
    path = Path(path)
    text = mot_text(as_mot_array(rows, f'rows for {path}'))
    if path.suffix == '.gz':
        # No time stamp, so that equal rows give equal files.
        write_bytes(path, gzip.compress(text.encode('ascii'), mtime=0))
    else:
        write_text(path, text)


def mot_text(rows: MotArray) -> str:
    """Return rows as MOTChallenge text, each number as the shortest text that represents it."""
    return ''.join(','.join(map(_shortest, row)) + '\n' for row in rows.tolist())


def load_mot(source: MotSource, name: str) -> MotArray:
    """Return the rows of a path or an array; `name` identifies an array in error messages."""
    if isinstance(source, (str, os.PathLike)):
        return read_mot(source)
    return as_mot_array(source, name)


def as_mot_array(rows: ArrayLike, name: str) -> MotArray:
    """Return `rows` as a checked float64 [N, C] array; `name` begins error messages.

    Raises:
        ValueError: if the shape or a row is invalid; the message gives the row, counted from 0.
    """
    array = np.asarray(rows, dtype=np.float64)
    if array.size == 0:
        return np.zeros((0, MAX_COLUMNS))
    if array.ndim != 2 or not MIN_COLUMNS <= array.shape[1] <= MAX_COLUMNS:
        raise ValueError(f'{name}: got shape {list(array.shape)}; {_COLUMNS}')
    invalid = _find_invalid_row(array)
    if invalid is not None:
        index, reason = invalid
        raise ValueError(f'{name}, row {index}: {reason}')
    return array


def _read_text(path: Path) -> str:
    if not path.is_file():
        raise MissingLabelsError(f'{path}: no such file; expected a MOTChallenge text file')
    if path.suffix == '.gz':
        return read_gzip(path, MAX_TEXT_BYTES).decode('utf-8-sig')
    return path.read_text(encoding='utf-8-sig')


def _find_invalid_row(rows: MotArray) -> tuple[int, str] | None:
    """Return the index of the first invalid row and the reason, or None."""
    columns = rows.shape[1]
    if not MIN_COLUMNS <= columns <= MAX_COLUMNS:
        return 0, f'got {columns} columns; {_COLUMNS}'
    finite = np.asarray(np.isfinite(rows).all(axis=1))
    frames, ids = rows[:, FRAME], rows[:, ID]
    frame_valid = _is_integer(frames) & (frames >= 1)
    valid = finite & frame_valid & _is_integer(ids)
    if valid.all():
        return None
    index = int(np.argmin(valid))
    if not finite[index]:
        reason = 'every value must be a finite number'
    elif not frame_valid[index]:
        reason = f'the frame must be an integer of at least 1, got {_shortest(frames[index])}'
    else:
        reason = f'the id must be an integer, got {_shortest(ids[index])}'
    return index, reason


def _is_integer(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    return np.equal(np.floor(values), values) & (np.abs(values) <= _LARGEST_INTEGER)


def _reading_error(
    path: Path, numbered: list[tuple[int, str]], separator: str | None
) -> LabelError:
    """Return the error of the first unreadable line of a file that could not be read."""
    expected = len(numbered[0][1].split(separator))
    for number, line in numbered:
        cells = line.split(separator)
        if not MIN_COLUMNS <= len(cells) <= MAX_COLUMNS:
            return LabelError(f'{path}, line {number}: got {len(cells)} columns; {_COLUMNS}')
        if len(cells) != expected:
            return LabelError(
                f'{path}, line {number}: got {len(cells)} columns; expected {expected}, as in the '
                'lines before'
            )
        for cell in cells:
            try:
                float(cell)
            except ValueError:
                return LabelError(
                    f'{path}, line {number}: {cell.strip()!r} is not a number; expected numbers '
                    'separated by commas or white space'
                )
    return LabelError(f'{path}: not a MOTChallenge text file')


def _shortest(value: float) -> str:
    """Return the shortest text that represents exactly this number."""
    return str(int(value)) if value.is_integer() else repr(float(value))
