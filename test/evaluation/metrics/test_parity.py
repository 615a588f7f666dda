# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Metrics equal those of TrackEval: recorded ones, and live ones where TrackEval is installed."""

from __future__ import annotations

import csv
import json
import tarfile

import numpy as np
import pytest
from mot_cases import BENCHMARKS, EDGE_CASE_BENCHMARKS, EDGE_CASES, EXPECTED, scenes

from fairmot_ros.evaluation import evaluate_mot

TOLERANCE = 1e-9
CSV_NAMES = {'FP': 'CLR_FP', 'FN': 'CLR_FN'}
PER_ALPHA = ('HOTA', 'DetA', 'AssA', 'LocA')
RATIOS = ('MOTA', 'MOTP', 'IDF1', 'IDP', 'IDR')
SINGLE = (*RATIOS, 'IDSW', 'FP', 'FN', 'Frag', 'MT', 'PT', 'ML')


@pytest.fixture(scope='module')
def expected():
    return json.loads(EXPECTED.read_text(encoding='utf-8'))


def assert_same(got, expected, tolerance=TOLERANCE):
    assert got.keys() == expected.keys()
    for name in expected:
        assert got[name] == pytest.approx(expected[name], rel=0, abs=tolerance), name


@pytest.mark.parametrize('benchmark', BENCHMARKS)
def test_recorded_scenes(expected, benchmark):
    assert_same(evaluate_mot(scenes(), benchmark=benchmark), expected['scenes'][benchmark])


@pytest.mark.parametrize('benchmark', EDGE_CASE_BENCHMARKS)
@pytest.mark.parametrize('case', EDGE_CASES)
def test_recorded_edge_cases(expected, case, benchmark):
    pair = EDGE_CASES[case](*scenes()['corridor'])
    got = evaluate_mot({'corridor': pair}, benchmark=benchmark)
    assert_same(got, expected['edge cases'][case][benchmark])


@pytest.mark.parametrize('benchmark', BENCHMARKS)
def test_installed_trackeval(benchmark):
    pytest.importorskip('trackeval', reason='TrackEval is not installed')
    from trackeval_oracle import trackeval_metrics

    corridor = scenes()['corridor']
    sequences = {
        **scenes(),
        **{name.replace(' ', '-'): change(*corridor) for name, change in EDGE_CASES.items()},
    }
    assert_same(evaluate_mot(sequences, benchmark), trackeval_metrics(sequences, benchmark))


@pytest.mark.slow
def test_mot17_train(reference_data, tmp_path):
    folder = reference_data / 'data' / 'tracker_results'
    archive = folder / 'mot17_train_gt_and_mpntrack.tar.xz'
    if not archive.is_file():
        pytest.skip('the reference data holds no MOT17 results')
    with tarfile.open(archive) as tar:
        for member in tar:
            if member.isfile() and member.name.endswith('.txt'):
                # Extracted by name, so that paths in the archive have no effect.
                parts = member.name.split('/')
                target = tmp_path.joinpath(*(p for p in parts if p not in ('.', '..', '')))
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(tar.extractfile(member).read())
    truth = {p.parent.parent.name: p for p in tmp_path.rglob('gt.txt')}
    results = {p.stem: p for p in tmp_path.rglob('MPNTrack/data/*.txt')}
    got = evaluate_mot({name: (truth[name], results[name]) for name in truth}, benchmark='MOT17')

    with (folder / 'mpntrack_trackeval130_detailed.csv').open(newline='') as stream:
        expected = {row.pop('seq'): row for row in csv.DictReader(stream)}
    assert len(got) == 22
    assert_same(got, {name: _from_csv(row) for name, row in expected.items()})


def _from_csv(row):
    thresholds = range(5, 100, 5)
    figures = {k: np.mean([float(row[f'{k}___{a}']) for a in thresholds]) for k in PER_ALPHA}
    return {**figures, **{key: float(row[CSV_NAMES.get(key, key)]) for key in SINGLE}}


def test_tud_campus(reference_data):
    folder = reference_data / 'data' / 'tracker_results'
    gt, results = (folder / f'TUD-Campus.motmetrics_{kind}.txt' for kind in ('gt', 'test'))
    if not gt.is_file():
        pytest.skip('the reference data holds no TUD-Campus results')
    row = evaluate_mot({'TUD-Campus': (gt, results)}, benchmark='MOT15')['TUD-Campus']
    # These three were computed by motmetrics, to one decimal.
    assert row['IDF1'] == pytest.approx(0.558, abs=5e-4)
    assert row['MOTA'] == pytest.approx(0.526, abs=5e-4)
    assert row['IDSW'] == 7
