# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""MOTChallenge text files, plain and compressed, and seqinfo.ini."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from fairmot_ros.evaluation import read_mot, read_seqinfo
from fairmot_ros.evaluation.mot.text_format import MAX_COLUMNS, MIN_COLUMNS
from fairmot_ros.files.label_errors import LabelError
from fuzz.mutations import NUMBERS, TEXTS, damaged
from fuzz.target import file_target

ROWS = ''.join(f'{frame},1,0.5,3,4,5,1,-1,-1,-1\n' for frame in range(1, 9)).encode()
ENTRIES = {
    'name': 'walk',
    'frameRate': '30',
    'seqLength': '9',
    'imWidth': '640',
    'imHeight': '480',
}
CELLS = st.one_of(st.integers(-1, 20).map(str), NUMBERS.map(str), TEXTS)


@st.composite
def tables(draw: DrawFn) -> bytes:
    """Draw rows of equal length, with a few cells replaced."""
    columns = draw(st.integers(MIN_COLUMNS, MAX_COLUMNS))
    rows = draw(
        st.lists(
            st.lists(st.integers(1, 20).map(str), min_size=columns, max_size=columns), max_size=5
        )
    )
    for _ in range(draw(st.integers(0, 3)) if rows else 0):
        row = rows[draw(st.integers(0, len(rows) - 1))]
        row[draw(st.integers(0, columns - 1))] = draw(CELLS)
    text = '\n'.join(draw(st.sampled_from(',; \t'))[0].join(row) for row in rows)
    return text.encode('utf-8', 'surrogatepass')


@st.composite
def sequence_files(draw: DrawFn) -> bytes:
    """Draw a seqinfo.ini with some values replaced."""
    entries = dict(ENTRIES)
    for name in draw(st.lists(st.sampled_from(sorted(entries)), max_size=3)):
        entries[name] = draw(CELLS)
    lines = ['[Sequence]', *(f'{name}={value}' for name, value in entries.items())]
    return '\n'.join(lines).encode()


def plain() -> SearchStrategy[bytes]:
    """Return the strategy for plain text files."""
    return st.one_of(damaged(ROWS), tables())


def compressed() -> SearchStrategy[bytes]:
    """Return the strategy for compressed text files."""
    return st.one_of(damaged(gzip.compress(ROWS, mtime=0)), plain().map(gzip.compress))


def seqinfo() -> SearchStrategy[bytes]:
    """Return the strategy for seqinfo.ini."""
    valid = '\n'.join(['[Sequence]', *(f'{n}={v}' for n, v in ENTRIES.items())]).encode()
    return st.one_of(damaged(valid), sequence_files())


def check_rows(path: Path) -> None:
    """Read rows; all values must be finite."""
    rows = read_mot(path)
    assert rows.dtype == np.float64 and rows.ndim == 2
    assert MIN_COLUMNS <= rows.shape[1] <= MAX_COLUMNS
    assert np.isfinite(rows).all()


def check_seqinfo(path: Path) -> None:
    """Read a seqinfo.ini; all numbers must be positive."""
    info = read_seqinfo(path)
    assert min(info.frame_rate, info.length, info.width, info.height) > 0


TARGETS = (
    file_target('MOT text', LabelError, plain, check_rows, 'gt.txt'),
    file_target('MOT text (gz)', LabelError, compressed, check_rows, 'gt.txt.gz'),
    file_target('seqinfo', LabelError, seqinfo, check_seqinfo, 'seqinfo.ini'),
)
