# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Image folders: file order and frame numbers, taken from the file names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

IMAGE_SUFFIXES = ('.jpg', '.jpeg', '.png', '.bmp', '.tif', '.tiff')
#: Longest file name that is read as a frame number; longer numbers are timestamps.
MAX_DIGITS = 8
MAX_LISTED_GAPS = 5

Numbers = tuple[int, ...]


def list_images(folder: Path) -> list[Path]:
    """Return the image files of a folder in natural order: 2.jpg before 10.jpg."""
    return sorted(
        (p for p in folder.iterdir() if p.suffix.lower() in IMAGE_SUFFIXES and p.is_file()),
        key=lambda path: natural_key(path.name),
    )


def natural_key(name: str) -> tuple[list[tuple[int, int, str]], str]:
    """Return a sort key that compares runs of digits as numbers and ignores case elsewhere."""
    parts = re.findall(r'[0-9]+|[^0-9]+', name)
    return [
        (0, int(part), '') if part[0] in '0123456789' else (1, 0, part.lower()) for part in parts
    ], name


def frame_numbers(files: Sequence[Path]) -> tuple[Numbers, list[str]]:
    """Return the frame number of each file, strictly increasing, and notes for the user.

    If all names are numbers of up to `MAX_DIGITS` digits, they are the frame numbers, as in
    MOTChallenge sequences; if the first is 0, all are incremented by one. Otherwise files are
    numbered from 1 in their order.

    Raises:
        ValueError: if two files have the same number.
    """
    stems = [path.stem for path in files]
    numeric = [bool(re.fullmatch('[0-9]+', stem)) for stem in stems]
    by_order = tuple(range(1, len(files) + 1))
    if not all(numeric) or max(map(len, stems), default=0) > MAX_DIGITS:
        return by_order, _note_numbering_by_order(stems, numeric)
    numbers = [int(stem) for stem in stems]
    for before, after, one, other in zip(numbers, numbers[1:], files, files[1:]):
        if before == after:
            raise ValueError(f'{one.name} and {other.name} are both frame {before}: remove one')
    notes = []
    if numbers[:1] == [0]:
        numbers = [number + 1 for number in numbers]
        notes.append('file names start at 0: frame numbers are the names plus 1')
    elif numbers and numbers[0] != 1:
        notes.append(f'frame numbers start at {numbers[0]}, the name of the first image')
    return tuple(numbers), notes + _note_missing_frames(numbers)


def _note_numbering_by_order(stems: Sequence[str], numeric: Sequence[bool]) -> list[str]:
    """Return a note if some names are numbers, but not all of them are frame numbers."""
    if not any(numeric):
        return []
    other = next((s for s, n in zip(stems, numeric) if not n or len(s) > MAX_DIGITS), '')
    return [f'images are numbered by their order: {other!r} is not a frame number']


def _note_missing_frames(numbers: Sequence[int]) -> list[str]:
    """Return a note that lists the missing frame numbers; an empty list if none are missing."""
    gaps = [(a + 1, b - 1) for a, b in pairwise(numbers) if b > a + 1]
    if not gaps:
        return []
    missing = sum(last - first + 1 for first, last in gaps)
    listed = ', '.join(f'{a}' if a == b else f'{a} to {b}' for a, b in gaps[:MAX_LISTED_GAPS])
    more = f' and {len(gaps) - MAX_LISTED_GAPS} more gaps' if len(gaps) > MAX_LISTED_GAPS else ''
    return [
        f'{missing} of the frames {numbers[0]} to {numbers[-1]} have no image: {listed}{more}; '
        'the stamps skip them'
    ]
