# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

import numpy as np
import pytest

from fairmot_ros.evaluation import evaluate_mot
from fairmot_ros.evaluation.metrics.preprocessing import preprocess

BOX = (0.0, 0.0, 10.0, 10.0)
FAR = (500.0, 0.0, 10.0, 10.0)


def gt_row(track_id=1, box=BOX, mark=1, kind=1, frame=1):
    return [frame, track_id, *box, mark, kind, 1]


def result_row(track_id=1, box=BOX, frame=1):
    return [frame, track_id, *box, 0.9, -1, -1, -1]


def counts(gt, results, benchmark='MOT17'):
    sequence = preprocess(np.array(gt, float), np.array(results, float), benchmark, 'seq')
    return int(sequence.gt_boxes.sum()), int(sequence.result_boxes.sum())


@pytest.mark.parametrize(
    ('benchmark', 'kind', 'expected'),
    [
        ('MOT15', 7, (1, 1)),
        *((b, 1, (1, 1)) for b in ('MOT16', 'MOT17', 'MOT20')),
        *((b, k, (0, 0)) for b in ('MOT16', 'MOT17', 'MOT20') for k in (2, 7, 8, 12)),
        *((b, k, (0, 1)) for b in ('MOT16', 'MOT17', 'MOT20') for k in (3, 4, 5, 9, 10, 11, 13)),
        ('MOT16', 6, (0, 1)),
        ('MOT17', 6, (0, 1)),
        ('MOT20', 6, (0, 0)),
    ],
)
def test_which_boxes_count_for_each_class(benchmark, kind, expected):
    assert counts([gt_row(kind=kind)], [result_row()], benchmark) == expected


@pytest.mark.parametrize(
    ('gt', 'results', 'expected'),
    [
        pytest.param([gt_row(mark=0)], [result_row()], (0, 1), id='mark 0: dropped, result stays'),
        pytest.param(
            [gt_row(mark=0, kind=8)], [result_row()], (0, 0), id='distractor with mark 0'
        ),
        pytest.param([gt_row(kind=8)], [result_row(box=(0, 0, 10, 5))], (0, 0), id='IoU is 0.5'),
        pytest.param(
            [gt_row(kind=8)], [result_row(box=(0, 0, 10, 4.9))], (0, 1), id='IoU is less'
        ),
        pytest.param(
            [gt_row(1, kind=8), gt_row(2, box=(1, 0, 10, 10))],
            [result_row(box=(1, 0, 10, 10))],
            (1, 1),
            id='the pedestrian fits better',
        ),
        pytest.param(
            [gt_row(kind=8)],
            [result_row(1), result_row(2)],
            (0, 1),
            id='one result per distractor',
        ),
    ],
)
def test_distractors_of_mot17(gt, results, expected):
    assert counts(gt, results) == expected


def test_rows_of_a_frame_keep_their_order_and_ids_are_numbered():
    gt = [gt_row(30, frame=2), gt_row(7, FAR, frame=2), gt_row(7, FAR)]
    results = [result_row(1000, frame=2), result_row(5), result_row(5, FAR, frame=2)]
    sequence = preprocess(np.array(gt, float), np.array(results, float), 'MOT15')
    first, second = sequence.frames
    assert (first.gt_ids.tolist(), first.result_ids.tolist()) == ([0], [0])
    assert (second.gt_ids.tolist(), second.result_ids.tolist()) == ([1, 0], [1, 0])
    assert second.iou.tolist() == [[1, 0], [0, 1]]
    assert (sequence.gt_boxes.tolist(), sequence.result_boxes.tolist()) == ([2, 1], [2, 1])


@pytest.mark.parametrize(
    ('gt', 'results', 'benchmark', 'reason'),
    [
        pytest.param(
            [gt_row(4), gt_row(4, FAR)],
            [result_row()],
            'MOT15',
            "ground truth of 'seq': id 4 occurs more than once in frame 1",
            id='id twice in truth',
        ),
        pytest.param(
            [gt_row()],
            [result_row(9, frame=3), result_row(9, FAR, frame=3)],
            'MOT17',
            "results of 'seq': id 9 occurs more than once in frame 3",
            id='id twice in results',
        ),
        pytest.param(
            [gt_row()],
            [result_row()],
            'MOT18',
            "benchmark must be one of MOT15, MOT16, MOT17, MOT20, got 'MOT18'",
            id='benchmark',
        ),
        pytest.param(
            [gt_row()[:7]],
            [result_row()],
            'MOT16',
            'got 7 columns, but MOT16 needs the class in column 8',
            id='no class',
        ),
        pytest.param(
            [gt_row(kind=-1)],
            [result_row()],
            'MOT17',
            "class -1 in column 8 .* use benchmark='MOT15'",
            id='truth of MOT15',
        ),
        pytest.param(
            [gt_row()],
            [[*result_row()[:7], 2]],
            'MOT20',
            'column 8 has a class above 1',
            id='results of another class',
        ),
        pytest.param(
            [gt_row()[:6]], [result_row()], 'MOT15', 'expected 7 to 10 columns', id='columns'
        ),
    ],
)
def test_invalid_input_raises(gt, results, benchmark, reason):
    with pytest.raises(ValueError, match=reason) as caught:
        evaluate_mot({'seq': (gt, results)}, benchmark=benchmark)
    assert '\n' not in str(caught.value)
