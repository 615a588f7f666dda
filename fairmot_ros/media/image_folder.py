"""The images of a folder and the numbers of their frames, from the names of the files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

PICTURES = ('.jpg', '.jpeg', '.png', '.bmp', '.tif', '.tiff')
#: Longest name that is the number of a frame; longer ones are times.
MOST_DIGITS = 8
SHOWN = 5  # gaps that a note lists

Numbers = tuple[int, ...]


def list_images(folder: Path) -> list[Path]:
    """Return the image files of a folder in natural order: 2.jpg before 10.jpg."""
    return sorted(
        (p for p in folder.iterdir() if p.suffix.lower() in PICTURES and p.is_file()),
        key=lambda path: natural_key(path.name),
    )


def natural_key(name: str) -> tuple[list[tuple[int, int, str]], str]:
    """Return a key by which names are sorted with the digits in them as numbers."""
    parts = re.findall(r'[0-9]+|[^0-9]+', name)
    return [
        (0, int(part), '') if part[0] in '0123456789' else (1, 0, part.lower()) for part in parts
    ], name


def frame_numbers(files: Sequence[Path]) -> tuple[Numbers, list[str]]:
    """Return the number of each file's frame, rising, and what a user should know about them.

    A name that is a number is the number of the frame, as in MOTChallenge sequences; where the
    first one is 0, all are increased by one. Other names, or numbers too long for frames, are
    numbered from 1 on by their order.

    Raises:
        ValueError: if two files are the same frame.
    """
    stems = [path.stem for path in files]
    numeric = [bool(re.fullmatch('[0-9]+', stem)) for stem in stems]
    by_order = tuple(range(1, len(files) + 1))
    if not all(numeric) or max(map(len, stems), default=0) > MOST_DIGITS:
        return by_order, _note_order(stems, numeric)
    numbers = [int(stem) for stem in stems]
    for before, after, one, other in zip(numbers, numbers[1:], files, files[1:]):
        if before == after:
            raise ValueError(f'{one.name} and {other.name} are both frame {before}: remove one')
    notes = []
    if numbers[:1] == [0]:
        numbers = [number + 1 for number in numbers]
        notes.append('the first image is named 0 and is frame 1; all others follow')
    elif numbers and numbers[0] != 1:
        notes.append(f'the first image is frame {numbers[0]}, after its name')
    return tuple(numbers), notes + note_gaps(numbers)


def _note_order(stems: Sequence[str], numeric: Sequence[bool]) -> list[str]:
    """Return a note where only a part of the names are numbers of frames, or they are times."""
    if not any(numeric):
        return []
    other = next((s for s, n in zip(stems, numeric) if not n or len(s) > MOST_DIGITS), '')
    return [f'images are numbered by their order: the name {other!r} is no number of a frame']


def note_gaps(numbers: Sequence[int]) -> list[str]:
    """Return a note that lists the numbers missing between the first and the last one."""
    gaps = [(a + 1, b - 1) for a, b in pairwise(numbers) if b > a + 1]
    if not gaps:
        return []
    missing = sum(last - first + 1 for first, last in gaps)
    shown = ', '.join(f'{a}' if a == b else f'{a} to {b}' for a, b in gaps[:SHOWN])
    more = f' and {len(gaps) - SHOWN} more gaps' if len(gaps) > SHOWN else ''
    return [
        f'{missing} of the frames {numbers[0]} to {numbers[-1]} have no image: {shown}{more}; '
        'their time passes without an image'
    ]
