# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Warnings about ground truth whose rows may not count as intended."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from fairmot_ros.evaluation.metrics.preprocessing import BENCHMARKS, PEDESTRIAN
from fairmot_ros.evaluation.mot.text_format import CLASS, MARK, MAX_COLUMNS, MotArray

#: Largest values of class, truncation and occlusion in VisDrone files, columns 8 to 10.
VISDRONE = (11, 1, 2)
#: Classes of VisDrone that are people: pedestrian, people.
VISDRONE_PEOPLE = (1, 2)


def notes_on(rows: MotArray, benchmark: str, source: str | Path) -> list[str]:
    """Return warnings about ground-truth rows that do not count, or count as people by mistake.

    Args:
        rows: [N, 7..10] ground truth.
        benchmark: benchmark whose rules apply.
        source: name of the ground truth in the warnings.
    """
    return [*filter(None, (_note_uncounted(rows, benchmark, source), visdrone_note(rows, source)))]


def _note_uncounted(rows: MotArray, benchmark: str, source: str | Path) -> str:
    """Return a warning if no row counts, or some have marks between 0 and 1; '' otherwise."""
    marks = rows[:, MARK]
    unmarked = marks.astype(np.int64) == 0
    between = unmarked & (marks != 0)
    counts = ~unmarked
    if BENCHMARKS[benchmark] is not None:
        counts &= rows[:, CLASS].astype(np.int64) == PEDESTRIAN
    if not len(rows) or (counts.any() and not between.any()):
        return ''
    number = 'none' if not counts.any() else f'only {int(counts.sum())}'
    if between.any():
        reason = (
            f'{int(between.sum())} marks (column 7) are between 0 and 1, which counts as 0, as in '
            'TrackEval: write 1 for boxes to evaluate'
        )
    elif unmarked.all():
        reason = 'all marks (column 7) are 0: write 1 for boxes to evaluate'
    else:
        reason = f'no marked row has the class {PEDESTRIAN} (column 8), a pedestrian'
    return f'{number} of the {len(rows)} rows of {source} counts, because {reason}'


def visdrone_note(rows: MotArray, source: str | Path) -> str:
    """Return a warning if rows have VisDrone's columns instead of world coordinates, else ''."""
    if rows.shape[1] != MAX_COLUMNS or not len(rows):
        return ''
    extra = rows[:, CLASS:]
    if (extra != extra.round()).any() or (extra < 0).any() or (extra > VISDRONE).any():
        return ''
    others = int((~np.isin(extra[:, 0], VISDRONE_PEOPLE)).sum())
    if not others:
        return ''
    return (
        f'{source} seems to have VisDrone format with the class in column 8, but files with ten '
        f'columns are read without classes: {others} rows of other classes than '
        f'{VISDRONE_PEOPLE[0]} and {VISDRONE_PEOPLE[1]} count as people; remove them'
    )
