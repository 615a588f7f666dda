# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Scores, limits and reports; the HTML page is opened in a browser."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip('rosbags', reason='needs rosbags')
from bag_cases import FRAMES, GROUND_TRUTH, make_bag
from browser import Figures, open_in_browser

from fairmot_ros.evaluation import evaluate_mot
from fairmot_ros.evaluation.report import format_groups, summarise, write_page
from fairmot_ros.evaluation.report.charts import Axis
from fairmot_ros.evaluation.runs.limits import Limit
from fairmot_ros.evaluation.runs.recording import Recording, TruthSource, open_recording
from fairmot_ros.evaluation.runs.results import Evaluation, check_limits
from fairmot_ros.evaluation.runs.run_scores import LiveStats, Mode, Run, score_run


@pytest.fixture(scope='module')
def recording(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    path = make_bag(tmp_path_factory.mktemp('bags') / 'walk <1>')
    return open_recording(path, None, TruthSource())


def results() -> np.ndarray:
    """Return correct results, except for a switch in frame 11 and two false positives."""
    rows = np.hstack((GROUND_TRUTH, np.full((len(GROUND_TRUTH), 3), -1.0)))
    rows[(rows[:, 0] > 10) & (rows[:, 1] == 2), 1] = 3
    false_positives = [[f, 9, 500, 0, 10, 20, 0.5, -1, -1, -1] for f in (15, 16)]
    return np.vstack((rows, false_positives))


def make_run(
    recording: Recording,
    configuration: str = 'default',
    rate: float | None = None,
    dropped: tuple[int, ...] = (),
) -> Run:
    rows = results()
    rows = rows[~np.isin(rows[:, 0], dropped)]
    processed = ~np.isin(np.arange(1, FRAMES + 1), dropped)
    live = None
    if rate is not None:
        live = LiveStats(
            FRAMES, rate, np.linspace(0.1, 0.2, int(processed.sum())), {'detect': (0.08, 0.09)}
        )
    return Run(recording, configuration, Mode(rate), 'model:1234', rows, processed, live)


@pytest.fixture
def evaluation(recording: Recording) -> Evaluation:
    runs = [
        make_run(recording),
        make_run(recording, rate=15.0, dropped=(5, 6, 12)),
        make_run(recording, 'a & b'),
    ]
    return Evaluation(
        [recording],
        {'default': {}, 'a & b': {'lost_timeout': 1.5}},
        [score_run(run) for run in runs],
    )


def test_scores_equal_those_of_evaluate_mot(recording: Recording) -> None:
    scored = score_run(make_run(recording))
    assert scored.metrics is not None
    expected = evaluate_mot({'walk': (GROUND_TRUTH, results())}, 'MOT15')['walk']
    assert scored.metrics.summary() == expected
    assert (expected['IDSW'], expected['FP']) == (1, 2)


def test_dropped_images_count_as_missed_except_in_processed_metrics(recording: Recording) -> None:
    scored = score_run(make_run(recording, rate=15.0, dropped=(5, 6, 12)))
    assert scored.metrics is not None
    assert scored.processed_metrics is not None
    assert scored.metrics.summary()['FN'] == 6
    assert scored.processed_metrics.summary()['FN'] == 0
    assert scored.processed_metrics.summary()['HOTA'] > scored.metrics.summary()['HOTA']


def test_recordings_are_combined_like_sequences(recording: Recording, tmp_path: Path) -> None:
    other = open_recording(make_bag(tmp_path / 'other'), None, TruthSource(), limit=9)
    runs = [make_run(recording)]
    rows = results()
    runs.append(Run(other, 'default', Mode(), 'm', rows[rows[:, 0] < 10], np.ones(9, bool)))
    evaluation = Evaluation([recording, other], {'default': {}}, [score_run(run) for run in runs])
    (group,) = evaluation.groups()
    expected = evaluate_mot(
        {
            'a': (GROUND_TRUTH, rows),
            'b': (GROUND_TRUTH[GROUND_TRUTH[:, 0] < 10], rows[rows[:, 0] < 10]),
        },
        'MOT15',
    )['COMBINED']
    assert group.metrics is not None
    assert group.metrics.summary() == expected
    assert group.images == FRAMES + 9


def test_latencies(recording: Recording) -> None:
    live = make_run(recording, rate=15.0).live
    assert live is not None
    assert live.percentiles() == {
        'p50': pytest.approx(150),
        'p95': pytest.approx(195),
        'p99': pytest.approx(199),
        'max': pytest.approx(200),
    }
    assert set(LiveStats(3, 15.0, np.zeros(0)).percentiles().values()) == {None}


# -- limits -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ('text', 'is_lowest', 'kept'),
    [
        ('HOTA=0.5', True, True),
        ('HOTA=0.99', True, False),
        ('IDSW=1', False, True),
        ('IDSW=0', False, False),
        ('dropped=0.15', False, True),
        ('dropped=0.1', False, False),
        ('latency_p95_ms=200', False, True),
        ('latency_p95_ms=190', False, False),
    ],
)
def test_limits(evaluation: Evaluation, text: str, is_lowest: bool, kept: bool) -> None:
    outcomes = check_limits([Limit.parse(text, is_lowest=is_lowest)], evaluation.groups())
    assert outcomes
    assert all(outcome.kept == kept for outcome in outcomes)
    live = text.startswith(('dropped', 'latency'))
    assert {o.mode for o in outcomes} == {'live at 15 Hz' if live else 'offline'}


def test_limit_on_an_unknown_value_fails(recording: Recording) -> None:
    run = make_run(recording, rate=15.0)
    silent = Run(
        recording,
        'x',
        run.mode,
        'm',
        run.rows[:0],
        np.zeros(FRAMES, bool),
        LiveStats(FRAMES, 15.0, np.zeros(0)),
    )
    groups = Evaluation([recording], {'x': {}}, [score_run(silent)]).groups()
    (outcome,) = check_limits([Limit.parse('latency_p50_ms=1000', is_lowest=False)], groups)
    assert not outcome.kept
    assert 'unknown' in str(outcome)


@pytest.mark.parametrize(
    ('text', 'reason'),
    [
        ('HOTA', 'expected NAME=VALUE'),
        ('HOTA=high', 'expected NAME=VALUE'),
        ('HOTA=nan', 'expected NAME=VALUE'),
        ('hota=0.4', "'hota' is no metric; expected one of HOTA"),
        ('HOTA=45', 'HOTA is a ratio in 0..1, got 45'),
    ],
)
def test_invalid_limit_raises(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Limit.parse(text, is_lowest=True)


def test_limit_on_an_unmeasured_value_raises(recording: Recording, tmp_path: Path) -> None:
    groups = Evaluation([recording], {'default': {}}, [score_run(make_run(recording))]).groups()
    with pytest.raises(ValueError, match='needs a live run: give rates'):
        check_limits([Limit.parse('dropped=0', is_lowest=False)], groups)
    unlabelled = open_recording(make_bag(tmp_path / 'bag', None), None, TruthSource())
    groups = Evaluation([unlabelled], {'default': {}}, [score_run(make_run(unlabelled))]).groups()
    with pytest.raises(ValueError, match='needs ground truth'):
        check_limits([Limit.parse('HOTA=0', is_lowest=True)], groups)


# -- what people and programs see -------------------------------------------------------------


def test_table(evaluation: Evaluation) -> None:
    lines = format_groups(evaluation.groups()).splitlines()
    assert len(lines) == 4
    assert lines[0].split()[:4] == ['configuration', 'mode', 'HOTA', 'DetA']
    assert lines[2].startswith('default        live at 15 Hz')
    seen = evaluation.groups()[1].processed_metrics
    assert seen is not None
    assert lines[2].split()[-5:] == [
        '3',
        f'{100 * seen.summary()["HOTA"]:.1f}',
        '150',
        '195',
        '199',
    ]


def test_summary_is_json(evaluation: Evaluation) -> None:
    data = json.loads(json.dumps(summarise(evaluation)))
    assert [run['mode'] for run in data['runs']] == ['offline', 'live', 'offline']
    assert data['runs'][0]['switches'] == [{'frame': 11, 'person': 2}]
    assert len(data['combined'][0]['curves']['HOTA']) == 19
    assert data['combined'][1]['dropped'] == 3
    assert data['runs'][1]['dropped_frames'] == [5, 6, 12]
    assert data['recordings'][0]['ground_truth']['boxes'] == len(GROUND_TRUTH)


def test_page_in_a_browser(evaluation: Evaluation, tmp_path: Path) -> None:
    limit = Limit.parse('HOTA=0.999', is_lowest=True)
    outcomes = check_limits([limit], evaluation.groups())
    evaluation = Evaluation(
        evaluation.recordings, evaluation.parameters, evaluation.scored_runs, outcomes
    )
    write_page(tmp_path / 'report.html', evaluation)
    page = Figures(open_in_browser(tmp_path / 'report.html', tmp_path / 'profile'))
    combined = summarise(evaluation)['combined']
    assert list(page.rows) == [
        ('default', 'offline'),
        ('default', 'live at 15 Hz'),
        ('a & b', 'offline'),
    ]
    for row, expected in zip(page.rows.values(), combined):
        for name in ('HOTA', 'DetA', 'AssA', 'MOTA', 'IDF1'):
            assert row[name] == f'{100 * expected["metrics"][name]:.1f}'
        for name in ('IDSW', 'FP', 'FN'):
            assert row[name] == str(expected['metrics'][name])
    live = page.rows['default', 'live at 15 Hz']
    assert (live['latency-p50'], live['latency-p95']) == ('150', '195')
    assert live['dropped'] == '3 (15 %)'
    assert live['HOTA-processed'] == f'{100 * combined[1]["metrics_of_processed"]["HOTA"]:.1f}'
    assert 'walk <1>' in page.text, 'names are text, whatever they hold'
    assert 'not kept' in page.text
    assert page.tags.count('svg') >= 5
    assert len(page.images) >= 1
    assert all(a.startswith('data:image/jpeg;base64,') for a in page.addresses), 'nothing to load'
    assert '<script' not in (tmp_path / 'report.html').read_text()


def test_page_without_ground_truth(tmp_path: Path) -> None:
    unlabelled = open_recording(make_bag(tmp_path / 'bag', None), None, TruthSource())
    scored_runs = [score_run(make_run(unlabelled)), score_run(make_run(unlabelled, rate=30.0))]
    write_page(tmp_path / 'a.html', Evaluation([unlabelled], {'default': {}}, scored_runs))
    page = Figures((tmp_path / 'a.html').read_text())
    assert 'there is no ground truth' in page.text
    assert page.rows['default', 'live at 30 Hz']['latency-p50'] == '150'
    assert 'HOTA' not in page.rows['default', 'offline']
    assert page.rows['default', 'offline']['tracks'] == '4'
    table = format_groups(Evaluation([unlabelled], {'default': {}}, scored_runs).groups())
    assert table.splitlines()[0].split() == [
        'configuration',
        'mode',
        'tracks',
        'images',
        'dropped',
        *'p50 ms p95 ms p99 ms'.split(),
    ]


def test_equal_evaluations_give_equal_pages(evaluation: Evaluation, tmp_path: Path) -> None:
    for name in ('a.html', 'b.html'):
        write_page(tmp_path / name, evaluation)
    assert (tmp_path / 'a.html').read_bytes() == (tmp_path / 'b.html').read_bytes()


@pytest.mark.parametrize(
    ('low', 'high', 'ticks'),
    [
        (0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]),
        (0, 37, [0, 10, 20, 30]),
        (3, 5, [3, 3.5, 4, 4.5, 5]),
    ],
)
def test_ticks_are_round(low: float, high: float, ticks: list[float]) -> None:
    assert Axis('', low, high).ticks() == pytest.approx(ticks)
