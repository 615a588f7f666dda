# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Jobs on a real Dask cluster of two worker processes on this machine."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from dask_cluster import NEEDS_DASK, local_cluster
from word_jobs import WordJob, counts, make_files

from fairmot_ros.jobs import run_jobs
from fairmot_ros.jobs.job import JobError
from fairmot_ros.jobs.manifest import Manifest

pytest.importorskip('distributed', reason=NEEDS_DASK)
from fairmot_ros.jobs import cluster as cluster_module
from fairmot_ros.jobs.cluster import DaskPool
from fairmot_ros.jobs.cluster_versions import check_worker


@pytest.fixture(scope='module')
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with local_cluster(tmp_path_factory.mktemp('cluster'), allowed_failures=1) as started:
        yield started


def run(
    cluster: Any, paths: list[Path], output: Path, **job: object
) -> tuple[Manifest, list[str]]:
    notes: list[str] = []
    jobs = [WordJob(path, **job) for path in paths]
    pool = DaskPool(cluster.scheduler_address)
    return run_jobs(jobs, pool, output, note=notes.append), notes


def test_results_arrive_although_workers_share_no_output_folder(
    cluster: Any, tmp_path: Path
) -> None:
    paths = make_files(tmp_path / 'in', 'a b c', 'bad', 'a', 'bug')
    manifest, notes = run(cluster, paths, tmp_path)
    assert counts(tmp_path) == {'0.txt': 3, '2.txt': 1}
    assert sorted(notes) == [
        f'1.txt is passed over: {paths[1]} cannot be used',
        '3.txt is passed over: RuntimeError: something unexpected',
    ]
    assert 'Traceback' in manifest.failed[1].outcome.details
    manifest, notes = run(cluster, [paths[0], paths[2]], tmp_path)
    assert len(manifest.taken_up) == 2


def test_task_of_a_dead_worker_is_given_to_another_one(cluster: Any, tmp_path: Path) -> None:
    paths = make_files(tmp_path / 'in', 'a', 'die-once b', *['a b c'] * 4)
    manifest, _ = run(cluster, paths, tmp_path)
    assert (tmp_path / 'in' / '1.died').exists()
    assert len(manifest.finished) == 6
    assert counts(tmp_path)['1.txt'] == 2


def test_input_that_kills_workers_is_abandoned(cluster: Any, tmp_path: Path) -> None:
    paths = make_files(tmp_path / 'in', 'die', 'a')
    manifest, notes = run(cluster, paths, tmp_path)
    assert counts(tmp_path) == {'1.txt': 1}
    assert manifest.failed[0].outcome.status.value == 'abandoned'
    assert notes[0].startswith('0.txt is passed over: the workers that had this input ended')


def test_files_that_workers_do_not_find_are_sent(
    cluster: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = make_files(tmp_path / 'in', 'a b c', 'bad one')
    manifest, notes = run(cluster, paths, tmp_path, is_hidden=True)
    assert counts(tmp_path) == {'0.txt': 3}
    assert notes == [f'1.txt is passed over: {paths[1].with_suffix(".hidden")} cannot be used']
    state = manifest.finished[0].outcome.files['text']
    assert state.modified == paths[0].stat().st_mtime_ns, 'so that a second run takes it up'
    monkeypatch.setattr('fairmot_ros.jobs.sending.MAX_SENT', 4)
    _, notes = run(cluster, [paths[0]], tmp_path / 'large', is_hidden=True)
    assert 'too large to be sent' in notes[0]


def test_unusable_settings_end_all_jobs(cluster: Any, tmp_path: Path) -> None:
    with pytest.raises(JobError, match=r'^factor cannot be used$'):
        run(cluster, make_files(tmp_path / 'in', 'a', 'b'), tmp_path, usable=False)


def test_unreachable_cluster_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster_module, 'CONNECT_TIMEOUT', 0.5)
    with socket.socket() as free:
        free.bind(('127.0.0.1', 0))
        address = f'tcp://127.0.0.1:{free.getsockname()[1]}'
    for wrong in (address, 'nonsense://x', 'http://127.0.0.1:1'):
        with pytest.raises(JobError, match=f'no Dask scheduler answers at {wrong} ') as caught:
            DaskPool(wrong)
        assert '\n' not in str(caught.value)


def test_cluster_without_workers_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster_module, 'WORKER_TIMEOUT', 0.5)
    monkeypatch.setattr(cluster_module, 'POLL_PERIOD', 0.2)
    with (
        local_cluster(tmp_path / 'cluster', workers=0) as empty,
        pytest.raises(JobError, match=r'has had no worker for 0\.5 s'),
    ):
        run(empty, make_files(tmp_path / 'in', 'a'), tmp_path)


@pytest.mark.parametrize(
    ('found', 'reason'),
    [
        (
            {'fairmot_ros': '0.0.9', 'python': '3.11'},
            'has fairmot_ros 0.0.9, expected 1.0 as here',
        ),
        ({'fairmot_ros': '', 'python': '3.11'}, 'does not have fairmot_ros, expected 1.0 as here'),
        ({'fairmot_ros': '1.0', 'python': '3.9'}, 'has python 3.9, expected 3.11 as here'),
        (EOFError('x'), 'cannot be asked for its versions'),
    ],
)
def test_other_versions_are_one_sentence(found: Any, reason: str) -> None:
    expected = {'python': '3.11', 'fairmot_ros': '1.0'}
    check_worker('tcp://w:1', {'fairmot_ros': '1.0', 'python': '3.11'}, expected)
    with pytest.raises(JobError, match=f'^the Dask worker tcp://w:1 {reason}'):
        check_worker('tcp://w:1', found, expected)


def test_version_of_this_process_is_compared(
    cluster: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr('fairmot_ros.__version__', '9.9.9')
    with pytest.raises(JobError, match=r'has fairmot_ros .*, expected 9\.9\.9 as here'):
        DaskPool(cluster.scheduler_address)
