# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Metrics of small sequences, computed by hand from the definitions."""

from __future__ import annotations

import numpy as np
import pytest
from mot_cases import scenes

from fairmot_ros.evaluation import ALPHAS, evaluate_mot, evaluate_sequences, write_mot

RATIOS = ['HOTA', 'DetA', 'AssA', 'LocA', 'MOTA', 'MOTP', 'IDF1', 'IDP', 'IDR']
COUNTS = ['IDSW', 'FP', 'FN', 'Frag', 'MT', 'PT', 'ML']
LEFT, MIDDLE, RIGHT = 0.0, 100.0, 200.0


def track(ids, place=LEFT, width=10.0):
    """Return one row per frame, from frame 1 on, except for ids of 0."""
    return [[frame, i, place, 0, width, 10, 1, -1, -1, -1] for frame, i in enumerate(ids, 1) if i]


def figures(gt, results):
    return evaluate_mot({'seq': (gt, results)}, benchmark='MOT15')['seq']


@pytest.mark.parametrize(
    ('gt', 'results', 'expected'),
    [
        pytest.param([], [], {'HOTA': 0, 'LocA': 1, 'MOTA': 0, 'FP': 0, 'FN': 0}, id='nothing'),
        pytest.param(
            track([1] * 5),
            [],
            {'HOTA': 0, 'MOTA': 0, 'IDF1': 0, 'FN': 5, 'ML': 1},
            id='no results',
        ),
        pytest.param(
            [], track([1] * 5), {'HOTA': 0, 'MOTA': 0, 'IDF1': 0, 'FP': 5}, id='no ground truth'
        ),
        pytest.param(
            track([1] * 5),
            track([9] * 5),
            {
                'HOTA': 1,
                'DetA': 1,
                'AssA': 1,
                'LocA': 1,
                'MOTA': 1,
                'MOTP': 1,
                'IDF1': 1,
                'IDP': 1,
                'IDR': 1,
                'IDSW': 0,
                'FP': 0,
                'FN': 0,
                'Frag': 0,
                'MT': 1,
                'PT': 0,
                'ML': 0,
            },
            id='perfect',
        ),
        pytest.param(
            track([1] * 4),
            track([5, 5, 6, 6]),
            {
                'MOTA': 0.75,
                'IDSW': 1,
                'Frag': 0,
                'IDF1': 0.5,
                'DetA': 1,
                'AssA': 0.5,
                'HOTA': np.sqrt(0.5),
                'MT': 1,
            },
            id='the id changes half-way',
        ),
        pytest.param(
            track([1] * 4),
            track([5] * 4, RIGHT),
            {'MOTA': -1, 'FP': 4, 'FN': 4, 'HOTA': 0, 'LocA': 1, 'ML': 1},
            id='somewhere else',
        ),
        pytest.param(
            track([1] * 4),
            track([5] * 4, width=5),
            {'MOTA': 1, 'MOTP': 0.5, 'IDF1': 1, 'DetA': 10 / 19, 'HOTA': 10 / 19, 'LocA': 14 / 19},
            id='IoU of exactly 0.5 is a match',
        ),
        pytest.param(
            # A result in the frame of the gap, without which TrackEval would skip that frame.
            track([1] * 5) + track([2] * 5, RIGHT),
            track([5, 5, 0, 5, 5]) + track([6] * 5, RIGHT),
            {'Frag': 1, 'IDSW': 0, 'FN': 1, 'MT': 1, 'PT': 1},
            id='lost for a frame',
        ),
        pytest.param(
            track([1] * 5),
            track([5, 5, 0, 5, 5]),
            {'Frag': 0, 'FN': 1, 'PT': 1},
            id='a frame without any result does not break a track',
        ),
        pytest.param(
            track([1] * 5),
            track([5, 0, 0, 0, 0]),
            {'PT': 1, 'ML': 0},
            id='a fifth is not mostly lost',
        ),
        pytest.param(
            track([1] * 6), track([5, 0, 0, 0, 0, 0]), {'PT': 0, 'ML': 1}, id='a sixth is'
        ),
        pytest.param(
            track([1]), track([5], width=8), {'MOTA': 1, 'MOTP': 0.8, 'IDF1': 1}, id='one box'
        ),
        pytest.param(
            # From frame 2 on, another result overlaps more, but the match of frame 1 goes first.
            track([1] * 3),
            track([5] * 3, width=8) + track([0, 6, 6]),
            {'IDSW': 0, 'FP': 2, 'MOTP': 0.8},
            id='a continuing match goes first',
        ),
    ],
)
def test_metrics(gt, results, expected):
    row = figures(gt, results)
    assert {key: row[key] for key in expected} == pytest.approx(expected, abs=1e-12)


def test_all_metrics_have_their_types():
    row = figures(track([1] * 3), track([1] * 3))
    assert list(row) == RATIOS + COUNTS
    assert {type(row[key]) for key in RATIOS} == {float}
    assert {type(row[key]) for key in COUNTS} == {int}


def test_combined_counts_are_sums():
    rows = evaluate_mot(scenes(), benchmark='MOT17')
    combined = rows.pop('COMBINED')
    assert list(rows) == list(scenes())
    for key in COUNTS:
        assert combined[key] == sum(row[key] for row in rows.values())


def test_false_positives_without_ground_truth_count_in_the_combination():
    rows = evaluate_mot(
        {'empty': ([], track([1] * 3)), 'full': (track([1] * 6), track([1] * 6))}, 'MOT15'
    )
    assert (rows['empty']['MOTA'], rows['COMBINED']['MOTA']) == (0, 0.5)


def test_hota_at_each_threshold():
    sequences = scenes()
    metrics = evaluate_sequences(sequences, benchmark='MOT17')
    summary = evaluate_mot(sequences, benchmark='MOT17')
    for name, m in metrics.items():
        assert m.hota.hota.shape == ALPHAS.shape == (19,)
        assert m.hota.hota.mean() == pytest.approx(summary[name]['HOTA'])
        assert (np.diff(m.hota.tp) <= 0).all(), 'a stricter threshold cannot match more boxes'
        np.testing.assert_allclose(m.hota.hota**2, m.hota.det_a * m.hota.ass_a)
        gt_boxes = m.hota.tp + m.hota.fn
        np.testing.assert_allclose(m.hota.det_re, m.hota.tp / gt_boxes)
        assert (m.hota.ass_a <= np.minimum(m.hota.ass_re, m.hota.ass_pr) + 1e-12).all()


def test_recall_and_precision_of_hota():
    """Of four boxes, two are matched to track 5 and one to track 6; track 7 is somewhere else."""
    gt, results = track([1] * 4), track([5, 5, 6, 0]) + track([7, 7], RIGHT)
    found = evaluate_sequences({'seq': (gt, results)})['seq'].hota
    expected = {
        'det_re': 3 / 4,
        'det_pr': 3 / 5,
        'det_a': 3 / 6,
        'ass_re': (2 * 2 / 4 + 1 / 4) / 3,
        'ass_pr': (2 * 2 / 2 + 1 / 1) / 3,
        'ass_a': (2 * 2 / 4 + 1 / 4) / 3,
        'loc_a': 1,
    }
    for name, value in expected.items():
        assert getattr(found, name) == pytest.approx([value] * 19), name


@pytest.mark.parametrize('as_path', [str, lambda path: path], ids=['str', 'Path'])
@pytest.mark.parametrize('suffix', ['.txt', '.txt.gz'])
def test_paths_and_arrays_give_the_same_metrics(tmp_path, as_path, suffix):
    sequences = scenes()
    paths = {}
    for name, pair in sequences.items():
        files = tmp_path / f'{name}.gt{suffix}', tmp_path / f'{name}{suffix}'
        for file, rows in zip(files, pair):
            write_mot(file, rows)
        paths[name] = tuple(map(as_path, files))
    assert evaluate_mot(paths, 'MOT20') == evaluate_mot(sequences, 'MOT20')


@pytest.mark.parametrize(
    ('sequences', 'reason'),
    [
        ({}, 'no sequences'),
        ({'COMBINED': ([], [])}, "a sequence is called 'COMBINED'"),
    ],
)
def test_invalid_sequences_raise(sequences, reason):
    with pytest.raises(ValueError, match=reason):
        evaluate_mot(sequences)


def test_given_arrays_are_not_changed():
    gt, results = scenes()['crowd']
    before = gt.copy(), results.copy()
    evaluate_mot({'seq': (gt, results)}, benchmark='MOT20')
    np.testing.assert_array_equal(gt, before[0])
    np.testing.assert_array_equal(results, before[1])
