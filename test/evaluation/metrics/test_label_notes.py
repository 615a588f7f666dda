# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Warnings about ground truth whose rows may not count as intended."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
import pytest

from fairmot_ros.evaluation import evaluate_mot, write_mot
from fairmot_ros.evaluation.metrics.label_notes import notes_on, visdrone_note


def rows(marks: list[float], *columns: list[float]) -> np.ndarray:
    boxes = [[f, 1, 10 * f, 5, 20, 40, mark] for f, mark in enumerate(marks, 1)]
    return np.hstack((boxes, np.array(columns, float).reshape(-1, len(marks)).T))


def test_marks_below_one_count_as_zero_as_in_trackeval(caplog: pytest.LogCaptureFixture) -> None:
    results = rows([0.9, 0.8, 0.7, 0.9])
    with caplog.at_level(logging.WARNING):
        found = evaluate_mot({'s': (rows([0.98] * 4), results)}, 'MOT15')
    # TrackEval casts marks to whole numbers and drops rows with 0.
    assert (found['s']['HOTA'], found['s']['FP'], found['s']['FN']) == (0, 4, 0)
    assert 'none of the 4 rows' in caplog.text
    assert 'between 0 and 1, which counts as 0, as in TrackEval' in caplog.text
    caplog.clear()
    found = evaluate_mot({'s': (rows([1, 0.5, 2, 0]), results)}, 'MOT15')
    assert found['s']['FP'] == 2
    assert 'only 2 of the 4 rows' in caplog.text
    caplog.clear()
    assert evaluate_mot({'s': (rows([1, 0, 1, 1]), results)}, 'MOT15')['s']['HOTA'] > 0
    assert caplog.text == '', 'a mark of 0 is meant'


@pytest.mark.parametrize(
    ('truth', 'benchmark', 'note'),
    [
        (rows([0, 0]), 'MOT15', 'all marks (column 7) are 0'),
        (rows([1, 1], [3, 3], [1, 1]), 'MOT17', 'no marked row has the class 1'),
        (rows([1, 1], [1, 3], [1, 1]), 'MOT17', ''),
        (np.zeros((0, 10)), 'MOT15', ''),
        (
            rows([1, 1, 1], [1, 4, 9], [0, 1, 0], [0, 1, 2]),
            'MOT15',
            'seems to have VisDrone format',
        ),
        (rows([1, 1], [1, 2], [0, 1], [0, 2]), 'MOT15', ''),
        (rows([1, 1], [-1, -1], [-1, -1], [-1, -1]), 'MOT15', ''),
        (rows([1, 1], [3, 3.5], [1, 1], [0, 0]), 'MOT15', ''),
    ],
)
def test_notes(truth: np.ndarray, benchmark: str, note: str) -> None:
    found = ' '.join(notes_on(truth, benchmark, 'gt.txt'))
    assert note in found
    assert bool(found) == bool(note)
    assert (visdrone_note(truth, 'gt.txt') == '') == ('VisDrone' not in note)
    assert 'VisDrone' not in found or '2 rows of other classes' in found


def test_commands_print_the_notes(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    pytest.importorskip('rosbags', reason='needs rosbags')
    import cv2

    from fairmot_ros.cli import mot2bag
    from fairmot_ros.evaluation.bags import FrameIndex
    from fairmot_ros.evaluation.runs.ground_truth import from_file

    (tmp_path / 'img1').mkdir()
    for frame in (1, 2):
        cv2.imwrite(str(tmp_path / f'img1/{frame}.png'), np.zeros((8, 8, 3), np.uint8))
    truth = tmp_path / 'gt.txt'
    write_mot(truth, rows([0.98, 0.98], [4, 1], [0, 0], [1, 0]))
    notes = from_file(truth, FrameIndex([1, 2])).notes
    assert ['none of the 2' in notes[0], 'VisDrone' in notes[1]] == [True, True]
    command = [str(tmp_path), str(tmp_path / 'bag'), '--ground-truth', str(truth)]
    assert mot2bag.main(command) == 0
    output = capsys.readouterr().out
    assert all(f'note: {note}' in output for note in notes)
