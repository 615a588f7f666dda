# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tuning with optuna on small folders: what is won, resumed and written."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip('optuna', reason='needs optuna')
pytest.importorskip('rosbags', reason='needs rosbags')
from tuning_folders import write_folder

from fairmot_ros.cli import tune as command
from fairmot_ros.evaluation import evaluate_mot
from fairmot_ros.evaluation.runs.configuration import Configuration, read_configuration
from fairmot_ros.pipeline.settings import FrameSettings
from fairmot_ros.tuning.folder_lock import locked
from fairmot_ros.tuning.folds import make_folds
from fairmot_ros.tuning.preparation import prepare
from fairmot_ros.tuning.recorded_detections import load_detections
from fairmot_ros.tuning.tune import tune
from fairmot_ros.tuning.tuning_input import open_inputs
from fairmot_ros.tuning.tuning_plan import TuningPlan

PLAN = TuningPlan(trials=8, settings=['lost_timeout', 'max_box_distance'])
OPTIONS = ['--public-detections', '--trials', '8']
OPTIONS += ['--settings', 'lost_timeout', 'max_box_distance']


@pytest.fixture(scope='module')
def folders(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Inputs in which people are hidden for longer than the default tracker waits."""
    base = tmp_path_factory.mktemp('inputs')
    return [write_folder(base / name, 2.2, seed) for seed, name in enumerate('abc')]


@pytest.fixture(scope='module')
def output(folders: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Output folder of the command."""
    folder = tmp_path_factory.mktemp('tuned') / 'out #1?'  # not as in an address
    assert command.main([*map(str, folders), *OPTIONS, '--output', str(folder)]) == 0
    return folder


def run(folders: list[Path], folder: Path, plan: TuningPlan = PLAN, **options: Any) -> dict:
    """Tune from Python and return the result as JSON."""
    from fairmot_ros.tuning.tuning_report import summary

    folder.mkdir(exist_ok=True)
    base = Configuration('default')
    measurer = prepare(open_inputs(folders), base, folder, public=True, **options)
    return summary(tune(measurer, make_folds(len(folders)), plan, folder))


def test_longer_memory_wins_on_held_out_inputs(output: Path) -> None:
    data = json.loads((output / 'tuning.json').read_text())
    assert data['recommended'] == 'tuned'
    assert data['gain'] > 0.05
    assert data['improved_inputs'] == 3
    for values in (data['tuned_values'], *data['fold_values']):
        assert values['lost_timeout'] > 2.2


def test_the_parameter_file_is_read_by_the_evaluation(output: Path) -> None:
    data = json.loads((output / 'tuning.json').read_text())
    read = read_configuration(output / 'parameters.yaml')
    assert dict(read.parameters) == data['tuned_values']
    assert '/**:\n  ros__parameters:\n' in (output / 'parameters.yaml').read_text()


def test_the_figures_are_those_of_the_evaluation(output: Path, folders: list[Path]) -> None:
    data = json.loads((output / 'tuning.json').read_text())
    (path,) = (output / 'detections').glob('b-*.npz')
    item = data['inputs'][1]
    values = data['fold_values'][item['fold'] - 1]
    for given, expected in (({}, item['default']), (values, item['tuned'])):
        rows = load_detections(path).track(FrameSettings.from_values(given))
        truth = folders[1] / 'gt' / 'gt.txt'
        assert evaluate_mot({'b': (truth, rows)})['b'] == pytest.approx(expected)


def test_the_report_shows_the_default_beside_the_tuned_values(output: Path) -> None:
    text = (output / 'tuning.md').read_text()
    assert text.splitlines()[2].startswith('Tuned parameters recommended: HOTA on held-out')
    assert '| lost_timeout | 1.5 |' in text
    assert text.count(' | default | ') - 1 == text.count('|  |  | tuned | ') == 4


def test_defaults_are_recommended_where_nothing_is_won(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    easy = [write_folder(tmp_path / name, 0.0, seed) for seed, name in enumerate('xy')]
    out = tmp_path / 'out'
    arguments = [*map(str, easy), '--public-detections', '--trials', '2', '--output', str(out)]
    assert command.main(arguments) == 0
    assert 'Nothing is won, defaults recommended' in capsys.readouterr().out
    read = read_configuration(out / 'parameters.yaml')
    assert read.frames() == Configuration('default').frames()


def test_one_input_that_improves_among_many_does_not_win(tmp_path: Path) -> None:
    folders = [write_folder(tmp_path / n, s) for n, s in (('a', 2.2), ('b', 0.0), ('c', 0.0))]
    data = run(folders, tmp_path / 'out')
    assert data['improved_inputs'] <= 1
    assert data['recommended'] == 'default'


def test_a_resumed_search_gives_the_same_result(
    folders: list[Path], output: Path, tmp_path: Path
) -> None:
    class Interrupted(KeyboardInterrupt):
        pass

    calls = 0

    def map_until_interrupted(function: Callable, items: Iterable) -> Iterator:
        nonlocal calls
        calls += 1
        if calls == 4:
            raise Interrupted
        return map(function, items)

    with pytest.raises(Interrupted):
        run(folders, tmp_path / 'out', map_function=map_until_interrupted)
    assert not (tmp_path / 'out' / 'tuning.json').exists()
    resumed = run(folders, tmp_path / 'out')
    assert resumed == json.loads((output / 'tuning.json').read_text())


def test_more_trials_continue_a_finished_search(folders: list[Path], tmp_path: Path) -> None:
    first = run(folders, tmp_path / 'a', TuningPlan(trials=3, settings=['lost_timeout']))
    more = run(folders, tmp_path / 'a', TuningPlan(trials=5, settings=['lost_timeout']))
    at_once = run(folders, tmp_path / 'b', TuningPlan(trials=5, settings=['lost_timeout']))
    assert more == at_once
    assert first['trials'] == 3


def test_processes_change_no_digit(folders: list[Path], output: Path, tmp_path: Path) -> None:
    out = tmp_path / 'out'
    arguments = [*map(str, folders), *OPTIONS, '--output', str(out), '--jobs', '2']
    assert command.main(arguments) == 0
    for name in ('tuning.json', 'tuning.md', 'parameters.yaml'):
        assert (out / name).read_bytes() == (output / name).read_bytes()


def test_a_fixed_split_searches_on_the_other_inputs_only(
    folders: list[Path], tmp_path: Path
) -> None:
    out = tmp_path / 'out'
    arguments = [*map(str, folders), *OPTIONS, '--output', str(out), '--hold-out', 'b']
    assert command.main(arguments) == 0
    data = json.loads((out / 'tuning.json').read_text())
    assert [item['name'] for item in data['inputs']] == ['b']
    assert data['fold_values'] == [data['tuned_values']]


def test_another_search_needs_another_folder(
    folders: list[Path], output: Path, capsys: pytest.CaptureFixture
) -> None:
    arguments = [*map(str, folders), *OPTIONS, '--output', str(output), '--metric', 'IDF1']
    assert command.main(arguments) == 2
    error = capsys.readouterr().err.strip().splitlines()[-1]
    assert 'belongs to a search with other inputs or options' in error


@pytest.mark.parametrize(
    ('arguments', 'reason'),
    [
        (['{a}'], 'tuning needs at least two inputs with ground truth, got 1'),
        (['{a}', '{a}'], "two inputs are called 'a'"),
        (['{a}', 'none'], 'no bag at none'),
        (['{a}', '{b}', '--folds', '3'], 'the number of folds must be within 2..2, got 3'),
        (['{a}', '{b}', '--hold-out', 'c'], "'c' cannot be held out"),
        (['{a}', '{b}', '--trials', '0'], 'the number of trials must be at least 1'),
        (['{a}', '{b}', '--min-gain', 'nan'], 'the smallest gain must be a finite number'),
        (['{a}', '{b}', '--seed', '4294967296'], 'the seed must be within 0..4294967295'),
        (['{a}', '{b}', '--jobs', '0'], 'the number of processes must be at least 1'),
        (['{a}', '{b}', '--config', 'none.yaml'], 'none.yaml: no such file'),
        (['{a}', '{b}', '--weights', 'none.pth'], 'no weights at none.pth'),
    ],
)
def test_mistakes_are_reported_in_one_line(
    arguments: list[str],
    reason: str,
    folders: list[Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    names = {folder.name: folder for folder in folders}
    given = [argument.format(**names) for argument in arguments]
    public = [] if '--weights' in given else ['--public-detections']
    assert command.main([*given, *public, '--output', str(tmp_path / 'out')]) == 2
    error = capsys.readouterr().err.strip().splitlines()[-1]
    assert error.startswith('fairmot-tune: ')
    assert reason in error


def test_two_searches_do_not_share_a_folder(
    folders: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    with locked(tmp_path):
        assert command.main([*map(str, folders), *OPTIONS, '--output', str(tmp_path)]) == 2
    error = capsys.readouterr().err.strip().splitlines()[-1]
    assert error.startswith(f'fairmot-tune: another search is writing to {tmp_path}')


def test_a_damaged_study_is_reported_in_one_line(
    folders: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    out = tmp_path / 'out'
    out.mkdir()
    (out / 'study.db').write_bytes(b'no database' * 100)
    assert command.main([*map(str, folders), *OPTIONS, '--output', str(out)]) == 2
    error = capsys.readouterr().err.strip().splitlines()[-1]
    assert error.startswith(f'fairmot-tune: {out}/study.db cannot be read or written: ')
