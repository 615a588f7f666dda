# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Timelines: spans, switches and errors over time; interpolation of gaps."""

from __future__ import annotations

import numpy as np
import pytest
from mot_cases import scenes

from fairmot_ros.evaluation import evaluate_mot
from fairmot_ros.evaluation.metrics.preprocessing import preprocess
from fairmot_ros.evaluation.metrics.timeline import Span, make_timeline
from fairmot_ros.evaluation.refinement.gaps import fill_gaps


def track(ids, left=0.0, first=1):
    """Return one row per frame, except for ids of 0."""
    return [[frame, i, left, 0, 10, 10, 1, -1, -1, -1] for frame, i in enumerate(ids, first) if i]


def timeline(gt, results):
    rows = [np.array(r, dtype=float).reshape(-1, 10) for r in (gt, results)]
    return make_timeline(preprocess(*rows, 'MOT15'))


def test_spans_and_switches():
    found = timeline(track([40] * 8), track([7, 7, 7, 0, 7, 9, 9, 9]) + track([3] * 8, 500))
    (person,) = found.people
    assert (person.name, person.first, person.last) == (40, 1, 8)
    assert person.spans == [Span(1, 3, 7), Span(5, 5, 7), Span(6, 8, 9)]
    assert person.switches == [6]
    assert found.numbers.tolist() == list(range(1, 9))
    assert found.missed.tolist() == [0, 0, 0, 1, 0, 0, 0, 0]
    assert found.false_positives.tolist() == [1] * 8
    assert found.switched.tolist() == [0, 0, 0, 0, 0, 1, 0, 0]


@pytest.mark.parametrize('name', scenes())
def test_timeline_adds_up_to_the_metrics(name):
    gt, results = scenes()[name]
    found = make_timeline(preprocess(gt, results, 'MOT17'))
    row = evaluate_mot({name: (gt, results)}, 'MOT17')[name]
    assert found.missed.sum() == row['FN']
    assert found.false_positives.sum() == row['FP']
    assert found.switched.sum() == row['IDSW'] == sum(len(p.switches) for p in found.people)


def test_worst_frames_keep_their_distance():
    gt = track([1] * 30)
    results = (
        track([5] * 30)
        + track([8] * 4, 500, first=10)
        + track([9] * 4, 600, first=10)  # two false positives
        + track([7], 700, first=28)
    )
    found = timeline(gt, results)
    assert found.worst(5, apart=10) == [10, 28]
    assert found.worst(5, apart=18) == [10, 28]
    assert found.worst(5, apart=19) == [10]
    assert found.worst(1, apart=1) == [10]
    assert timeline(gt, track([5] * 30)).worst(3, apart=1) == []


@pytest.mark.parametrize(('false_positives', 'worst'), [(2, 3), (4, 6)])
def test_a_switch_counts_as_three_errors(false_positives, worst):
    results = track([5, 5, 6, 6, 6, 6])
    for i in range(false_positives):
        results += track([10 + i], 500 + 50 * i, first=6)
    assert timeline(track([1] * 6), results).worst(1, apart=1) == [worst]


def test_empty_sequence():
    assert timeline([], []).worst(3, apart=1) == []


def test_gaps_are_interpolated_over_time():
    stamps = np.array([0.0, 1.0, 1.5, 4.0])
    rows = np.array(
        [
            [1, 6, 0, 10, 4, 8, 0.9, -1, -1, -1],
            [4, 6, 40, 50, 8, 8, 0.5, -1, -1, -1],
            [2, 3, 7, 7, 7, 7, 0.7, -1, -1, -1],
        ]
    )
    got = fill_gaps(rows, stamps, 4.0)
    assert got[:, :2].tolist() == [[1, 6], [2, 3], [2, 6], [3, 6], [4, 6]]
    np.testing.assert_allclose(got[2, 2:7], [10, 20, 5, 8, 0.5])
    np.testing.assert_allclose(got[3, 2:7], [15, 25, 5.5, 8, 0.5])
    assert len(fill_gaps(rows, stamps, 3.9)) == 3, 'the gap is longer than that'
    assert fill_gaps(rows[:0], stamps, 9).shape == (0, 10)
