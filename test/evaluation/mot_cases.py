# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Sequences for tests: three recorded scenes, and edge cases derived from them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from fairmot_ros.evaluation.mot.text_format import (
    FRAME,
    HEIGHT,
    ID,
    MARK,
    WIDTH,
    MotArray,
    read_mot,
)

DATA = Path(__file__).parent / 'data'
EXPECTED = DATA / 'expected.json'
SCENES = ('corridor', 'crowd', 'grid')
BENCHMARKS = ('MOT15', 'MOT16', 'MOT17', 'MOT20')
EDGE_CASE_BENCHMARKS = ('MOT15', 'MOT17')

Pair = tuple[MotArray, MotArray]


def scenes() -> dict[str, Pair]:
    """Return ground truth and results of the recorded scenes by name."""
    return {n: (read_mot(DATA / f'{n}.gt.txt'), read_mot(DATA / f'{n}.txt')) for n in SCENES}


def _some_frames(rows: MotArray) -> MotArray:
    return rows[rows[:, FRAME] % 7 < 3]


def _with(rows: MotArray, column: int, values: object, which: slice = slice(None)) -> MotArray:
    rows = rows.copy()
    rows[which, column] = values
    return rows


def _shuffled(rows: MotArray) -> MotArray:
    return np.random.default_rng(1).permutation(rows)


# Name → function that changes ground truth and results.
EDGE_CASES: dict[str, Callable[[MotArray, MotArray], Pair]] = {
    'no results': lambda gt, results: (gt, results[:0]),
    'no ground truth': lambda gt, results: (gt[:0], results),
    'neither': lambda gt, results: (gt[:0], results[:0]),
    'every mark zero': lambda gt, results: (_with(gt, MARK, 0), results),
    'mark between 0 and 1': lambda gt, results: (_with(gt, MARK, 0.5, slice(0, 40)), results),
    'results in some frames': lambda gt, results: (gt, _some_frames(results)),
    'ground truth in some frames': lambda gt, results: (_some_frames(gt), results),
    'frames with neither': lambda gt, results: (_some_frames(gt), _some_frames(results)),
    'sparse ids': lambda gt, results: (
        _with(gt, ID, gt[:, ID] * 9973),
        _with(results, ID, 1_000_003 - results[:, ID] * 10),
    ),
    'ids from zero': lambda gt, results: (gt, _with(results, ID, results[:, ID] - 1)),
    'rows in any order': lambda gt, results: (_shuffled(gt), _shuffled(results)),
    'frames from 1000': lambda gt, results: (
        _with(gt, FRAME, gt[:, FRAME] + 999),
        _with(results, FRAME, results[:, FRAME] + 999),
    ),
    'boxes without area': lambda gt, results: (
        _with(gt, WIDTH, 0, slice(0, None, 6)),
        _with(_with(results, WIDTH, 0, slice(0, None, 5)), HEIGHT, -9, slice(3, None, 7)),
    ),
    'seven columns of results': lambda gt, results: (gt, results[:, :7]),
    'perfect': lambda gt, results: (gt, gt[:, :7]),
}
