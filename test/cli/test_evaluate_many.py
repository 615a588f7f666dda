# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""fairmot-evaluate with --jobs, --dask and --merge, on tiny bags."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

pytest.importorskip('rosbags', reason='needs rosbags')
from bag_folders import IMAGES, make_bags
from dask_cluster import NEEDS_DASK, local_cluster

from fairmot_ros.cli import evaluate

CONFIGURATION = 'input_width: 224\ninput_height: 160\n'


@pytest.fixture(scope='module')
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Bags `bag0` and `bag1`, another `bag0` in `other`, and a folder without a recording."""
    folder = tmp_path_factory.mktemp('many')
    make_bags(folder, 2)
    make_bags(folder / 'other', 1)
    broken = folder / 'broken'
    broken.mkdir()
    (broken / 'broken.mcap').write_bytes(b'no bag')
    (folder / 'small.yaml').write_text(CONFIGURATION)
    return folder


def run(folder: Path, output: Path, bags: list[str], *options: str) -> int:
    return evaluate.main(
        [
            *(str(folder / bag) for bag in bags),
            *('--config', str(folder / 'small.yaml'), '--deterministic'),
            *('--output', str(output), *options),
        ]
    )


def report(output: Path) -> dict:
    return json.loads((output / 'report.json').read_text())


@pytest.fixture(scope='module')
def evaluated(folder: Path) -> Path:
    """Output folder of an evaluation with two jobs; the broken bag is passed over."""
    output = folder / 'out'
    bags = ['bag0', 'broken', 'bag1', 'other/bag0']
    assert run(folder, output, bags, '--jobs', '2', '--threads', '1') == 1
    return output


def test_bags_are_evaluated_and_bad_ones_are_passed_over(evaluated: Path, folder: Path) -> None:
    data = report(evaluated)
    parent = folder.name
    assert [bag['name'] for bag in data['bags']] == [f'{parent}/bag0', 'bag1', 'other/bag0']
    assert [(bag['path'], bag['reason'][:10]) for bag in data['failed']] == [
        (str(folder / 'broken'), 'nothing in')
    ]
    for bag in data['bags']:
        own = json.loads((evaluated / bag['report']).read_text())
        assert own['runs'][0]['metrics'] == bag['runs'][0]['metrics']
        assert (evaluated / bag['report']).with_name('report.html').is_file()
    manifest = json.loads((evaluated / 'manifest.json').read_text())
    assert manifest['counts'] == {'failed': 1, 'finished': 3}
    assert manifest['reproducible'] is True
    settings = manifest['inputs'][0]['settings']
    assert settings['configurations'][0]['parameters']['deterministic'] is True
    assert set(manifest['inputs'][0]['files']) == {'bag', 'weights of small'}


def test_combined_metrics_equal_those_of_one_report(
    evaluated: Path, folder: Path, tmp_path: Path
) -> None:
    shutil.copytree(folder / 'other/bag0', tmp_path / 'bag2')
    bags = ['bag0', 'bag1', str(tmp_path / 'bag2')]
    assert run(folder, tmp_path / 'one', bags) == 0
    one, many = report(tmp_path / 'one'), report(evaluated)
    assert one['combined'] == many['combined']
    assert one['combined'][0]['images'] == 3 * IMAGES
    assert one['combined'][0]['metrics']['FN'] > 0


def test_second_run_takes_up_what_is_finished(
    evaluated: Path, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    output = tmp_path / 'out'
    shutil.copytree(evaluated, output)
    assert run(folder, output, ['bag0', 'bag1', 'other/bag0'], '--jobs', '1') == 0
    assert '3 of 3 inputs are taken up from a former run' in capsys.readouterr().err
    assert report(output)['combined'] == report(evaluated)['combined']
    assert report(output)['failed'] == []
    assert run(folder, output, ['bag0'], '--jobs', '1', '--max-images', '3') == 0
    notes = capsys.readouterr().err
    assert 'bag0 is computed again: settings changed: max_images' in notes
    assert report(output)['bags'][0]['images'] == 3


def test_strict_ends_at_a_bad_bag(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    assert run(folder, tmp_path, ['broken', 'bag0'], '--jobs', '1', '--strict') == 2
    error = capsys.readouterr().err.strip().splitlines()[-1]
    assert error.startswith('fairmot-evaluate: broken: nothing in')


def test_no_usable_bag_is_a_mistake(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    assert run(folder, tmp_path, ['broken'], '--jobs', '1') == 2
    error = capsys.readouterr().err.strip().splitlines()[-1]
    assert error == ('fairmot-evaluate: none of the inputs could be used: see the notes above')


def test_unusable_weights_end_all_jobs(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    (tmp_path / 'bad.pth').write_bytes(b'no checkpoint')
    options = ['--weights', str(tmp_path / 'bad.pth'), '--jobs', '1', '--output', str(tmp_path)]
    assert evaluate.main([str(folder / 'bag0'), str(folder / 'bag1'), *options]) == 2
    error = capsys.readouterr().err.strip().splitlines()[-1]
    assert error.startswith(f'fairmot-evaluate: {tmp_path}/bad.pth')


def test_limits_are_those_of_all_bags(evaluated: Path, folder: Path, tmp_path: Path) -> None:
    merged = [*('--merge', str(evaluated)), *('--output', str(tmp_path))]
    assert evaluate.main([*merged, '--fail-below', 'HOTA=0']) == 0
    assert evaluate.main([*merged, '--fail-below', 'HOTA=1']) == 1
    assert report(tmp_path)['limits'][0]['kept'] is False


# -- merging ------------------------------------------------------------------------------------


def test_reports_of_parts_merge_to_the_report_of_the_whole(
    evaluated: Path, folder: Path, tmp_path: Path
) -> None:
    assert run(folder, tmp_path / 'a', ['bag0'], '--jobs', '1') == 0
    shutil.copytree(folder / 'bag1', tmp_path / 'bag1')
    assert run(folder, tmp_path / 'b', ['bag1', 'other/bag0'], '--jobs', '1') == 0
    both = ['--merge', str(tmp_path / 'a'), str(tmp_path / 'b'), '--output']
    assert evaluate.main([*both, str(tmp_path / 'both')]) == 0
    assert report(tmp_path / 'both')['combined'] == report(evaluated)['combined']
    again = ['--merge', str(tmp_path / 'both'), str(tmp_path / 'a'), '--output']
    assert evaluate.main([*again, str(tmp_path / 'again')]) == 0
    assert report(tmp_path / 'again')['combined'] == report(evaluated)['combined']
    assert all(
        (tmp_path / 'again' / b['report']).is_file() for b in report(tmp_path / 'again')['bags']
    )


def test_merging_never_replaces_a_merged_report(
    evaluated: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = (evaluated / 'report.json').read_bytes()
    for source in (evaluated, evaluated / 'report.json'):
        assert evaluate.main(['--merge', str(source), '--output', str(evaluated)]) == 2
        assert 'is one of the merged folders' in capsys.readouterr().err
    assert (evaluated / 'report.json').read_bytes() == content


def test_report_without_workers_merges(folder: Path, evaluated: Path, tmp_path: Path) -> None:
    assert run(folder, tmp_path / 'one', ['bag0', 'bag1']) == 0
    parts = [str(tmp_path / 'one'), str(evaluated)]
    assert evaluate.main(['--merge', *parts, '--output', str(tmp_path / 'all')]) == 0
    data = report(tmp_path / 'all')
    assert len(data['bags']) == 5
    assert len(data['failed']) == 1


@pytest.mark.parametrize(
    ('change', 'reason'),
    [
        (lambda data: data.clear(), 'expected a report of format 1'),
        (lambda data: data.pop('runs'), 'is no report of an evaluation'),
        (lambda data: data['runs'][0].pop('sums'), 'did not store what merging needs'),
        (
            lambda data: data['configurations'][0].update(model='other:1'),
            'the configuration small of .* has another model than that of',
        ),
        (
            lambda data: data['configurations'][0]['parameters'].update(lost_timeout=9),
            'has another parameters than that of',
        ),
    ],
)
def test_reports_that_do_not_fit_are_one_sentence(
    change: object, reason: str, evaluated: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    changed = tmp_path / 'changed'
    shutil.copytree(evaluated, changed)
    file = changed / report(changed)['bags'][0]['report']
    data = json.loads(file.read_text())
    assert callable(change)
    change(data)
    file.write_text(json.dumps(data))
    arguments = ['--merge', str(evaluated), str(changed), '--output', str(tmp_path / 'out')]
    assert evaluate.main(arguments) == 2
    error = capsys.readouterr().err.strip().splitlines()[-1]
    assert re.search(reason, error), error


# -- mistakes -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ('arguments', 'reason'),
    [
        ([], 'no bag is given'),
        (['{bag}', '--threads', '2'], 'give --jobs or --dask'),
        (['{bag}', '--jobs', '0'], '--jobs must be at least 1'),
        (['{bag}', '--jobs', '1', '--threads', '0'], '--threads must be at least 1'),
        (['{bag}', '--jobs', '2', '--rate', '7'], '--rate measures the speed of this machine'),
        (['{bag}', '{bag}', '--jobs', '2'], 'is given twice'),
        (['{bag}', '--merge', 'x'], '--merge combines existing reports'),
        (['--merge', 'none'], 'none/report.json: no such file'),
        (['--merge', '{bag}'], 'report.json: no such file; expected the output folder'),
    ],
)
def test_mistakes_are_reported_in_one_line(
    arguments: list[str],
    reason: str,
    folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert evaluate.main([a.format(bag=folder / 'bag0') for a in arguments]) == 2
    error = capsys.readouterr().err.strip().splitlines()[-1]
    assert error.startswith('fairmot-evaluate: ')
    assert re.search(reason, error), error


def test_dask_cluster(folder: Path, evaluated: Path, tmp_path: Path) -> None:
    pytest.importorskip('distributed', reason=NEEDS_DASK)
    bags = ['bag0', 'bag1', 'other/bag0']
    with local_cluster(tmp_path / 'cluster') as cluster:
        output = tmp_path / 'out'
        assert run(folder, output, bags, '--dask', cluster.scheduler_address) == 0
    assert report(output)['combined'] == report(evaluated)['combined']


def test_unreachable_cluster_is_one_sentence(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    pytest.importorskip('distributed', reason=NEEDS_DASK)
    assert run(folder, tmp_path, ['bag0'], '--dask', 'nonsense://x') == 2
    error = capsys.readouterr().err.strip().splitlines()[-1]
    assert error.startswith('fairmot-evaluate: no Dask scheduler answers at nonsense://x')
