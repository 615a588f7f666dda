# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Jobs in processes of this machine: results, resuming, failures, dying workers, Ctrl-C."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from multiprocessing.connection import Pipe
from pathlib import Path

import pytest
from word_jobs import WordJob, counts, make_files

import fairmot_ros
from fairmot_ros.jobs import LocalPool, run_jobs
from fairmot_ros.jobs.job import MAX_ATTEMPTS, JobError
from fairmot_ros.jobs.manifest import Manifest
from fairmot_ros.starting import python_module

HERE = Path(__file__).resolve().parent


def run(
    paths: list[Path], output: Path, *, workers: int = 2, strict: bool = False, **job: object
) -> tuple[Manifest, list[str]]:
    notes: list[str] = []
    jobs = [WordJob(path, **job) for path in paths]
    pool = LocalPool(workers, 1)
    return run_jobs(jobs, pool, output, strict=strict, note=notes.append), notes


def read_manifest(output: Path) -> dict:
    return json.loads((output / 'manifest.json').read_text())


def test_results_and_manifest(tmp_path: Path) -> None:
    paths = make_files(tmp_path / 'in', 'a b c', 'a', 'a b')
    manifest, notes = run(paths, tmp_path)
    assert counts(tmp_path) == {'0.txt': 3, '1.txt': 1, '2.txt': 2}
    data = read_manifest(tmp_path)
    assert data == json.loads(json.dumps(manifest.as_data()))
    assert data['counts'] == {'finished': 3}
    assert (data['reproducible'], data['differences'], notes) == (True, [], [])
    first = data['inputs'][0]
    assert first['input'] == str(paths[0])
    assert first['files']['text']['bytes'] == 5
    assert len(first['files']['text']['sha256']) == 64
    assert first['settings'] == {'factor': 1}
    assert first['notes'] == ['3 words']
    assert first['environment']['threads'] == '1'
    assert first['environment']['cpu']
    assert not (tmp_path / 'results' / '.unfinished').exists()


def test_second_run_computes_what_is_missing_or_changed(tmp_path: Path) -> None:
    paths = make_files(tmp_path / 'in', 'a b c', 'a', 'a b')
    run(paths[:2], tmp_path)
    done = {p: p.stat().st_mtime_ns for p in tmp_path.glob('results/*/record.json')}
    paths[1].write_text('a a a a')
    os.utime(paths[0], ns=(1, 1))  # touched, but with the same contents
    manifest, notes = run(paths, tmp_path)
    assert counts(tmp_path) == {'0.txt': 3, '1.txt': 4, '2.txt': 2}
    assert [s in manifest.taken_up for s in manifest.sources] == [True, False, False]
    assert notes == [
        f'1.txt is computed again: the contents changed: text ({paths[1]})',
        '1 of 3 inputs are taken up from a former run',
    ]
    kept = [p for p, stamp in done.items() if p.stat().st_mtime_ns == stamp]
    assert [p.parent.name.rpartition('-')[0] for p in kept] == ['0.txt']


def test_changed_settings_and_versions_are_reasons_to_repeat(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = make_files(tmp_path / 'in', 'a b')
    run(paths, tmp_path)
    _, notes = run(paths, tmp_path, factor=10)
    assert notes == ['0.txt is computed again: settings changed: factor']
    assert counts(tmp_path) == {'0.txt': 20}
    monkeypatch.setattr(fairmot_ros, '__version__', '9.9.9')
    _, notes = run(paths, tmp_path, factor=10)
    assert 'computed it, this is 9.9.9' in notes[0]


def test_damaged_record_is_no_record(tmp_path: Path) -> None:
    paths = make_files(tmp_path / 'in', 'a b')
    run(paths, tmp_path)
    record = next(tmp_path.glob('results/*/record.json'))
    record.write_text(record.read_text()[:40])
    manifest, _ = run(paths, tmp_path)
    assert manifest.taken_up == frozenset()
    assert len(manifest.finished) == 1


def test_bad_input_is_passed_over_and_tried_again_later(tmp_path: Path) -> None:
    paths = make_files(tmp_path / 'in', 'bad', 'a b', 'bug')
    manifest, notes = run([*paths, tmp_path / 'in' / 'none.txt'], tmp_path)
    assert counts(tmp_path) == {'1.txt': 2}
    assert sorted(notes) == [
        f'0.txt is passed over: {paths[0]} cannot be used',
        '2.txt is passed over: RuntimeError: something unexpected',
        f'none.txt is passed over: {tmp_path}/in/none.txt: no such file or folder',
    ]
    assert [r.outcome.status.value for r in manifest.failed] == ['failed', 'fault', 'missing']
    assert 'Traceback' in manifest.failed[1].outcome.details
    paths[0].write_text('good again')
    manifest, notes = run(paths[:2], tmp_path)
    assert notes[0].startswith('0.txt is computed again: it failed before: ')
    assert counts(tmp_path) == {'0.txt': 2, '1.txt': 2}


def test_strict_ends_at_the_first_bad_input(tmp_path: Path) -> None:
    paths = make_files(tmp_path / 'in', 'a b', 'bad', *['a'] * 5)
    with pytest.raises(JobError, match=r'1.txt: .*1.txt cannot be used'):
        run(paths, tmp_path, workers=1, strict=True)
    statuses = [entry['status'] for entry in read_manifest(tmp_path)['inputs']]
    assert statuses == ['finished', 'failed', *['not reached'] * 5]


def test_unusable_settings_end_all_jobs(tmp_path: Path) -> None:
    paths = make_files(tmp_path / 'in', 'a', 'b')
    with pytest.raises(JobError, match=r'^factor cannot be used$'):
        run(paths, tmp_path, usable=False)
    assert counts(tmp_path) == {}


def test_task_of_a_dead_worker_is_given_to_another_one(tmp_path: Path) -> None:
    paths = make_files(tmp_path / 'in', 'a', 'die-once b', 'a b c')
    manifest, notes = run(paths, tmp_path)
    assert counts(tmp_path) == {'0.txt': 1, '1.txt': 2, '2.txt': 3}
    assert [r.outcome.attempts for r in manifest.finished] == [1, 2, 1]
    assert notes == ['1.txt: workers that ended before one finished it: 1']


def test_input_that_kills_workers_is_abandoned(tmp_path: Path) -> None:
    paths = make_files(tmp_path / 'in', 'die', 'a', 'a b')
    manifest, notes = run(paths, tmp_path)
    assert counts(tmp_path) == {'1.txt': 1, '2.txt': 2}
    (failed,) = manifest.failed
    assert (failed.outcome.status.value, failed.outcome.attempts) == ('abandoned', MAX_ATTEMPTS)
    assert len(notes) == 1
    assert '3 workers ended while they had this input (the last one: killed by SIGKILL' in notes[0]


def test_inputs_of_one_name_are_told_apart(tmp_path: Path) -> None:
    (monday,) = make_files(tmp_path / 'monday', 'bad')
    (tuesday,) = make_files(tmp_path / 'tuesday', 'a b')
    manifest, notes = run([monday, tuesday], tmp_path)
    assert notes == [f'monday/0.txt is passed over: {monday} cannot be used']
    assert len({record.folder for record in manifest.records if record}) == 2
    with pytest.raises(JobError, match='0.txt is given twice'):
        run([monday, tmp_path / 'tuesday' / '..' / 'monday' / '0.txt'], tmp_path)


def test_two_runs_do_not_write_to_one_folder(tmp_path: Path) -> None:
    paths = make_files(tmp_path / 'in', 'a')
    run(paths, tmp_path)
    with (tmp_path / 'results' / '.lock').open('w') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(JobError, match='another command is writing to'):
            run(paths, tmp_path)


def test_differences_of_workers_are_named(tmp_path: Path) -> None:
    manifest, _ = run(make_files(tmp_path / 'in', 'a', 'b', 'c'), tmp_path)
    records = list(manifest.records)
    assert records[0] is not None
    outcome = records[0].outcome
    other = replace(outcome, environment={**outcome.environment, 'threads': '4'})
    records[0] = replace(records[0], outcome=other, deterministic=False)
    changed = replace(manifest, records=records)
    assert changed.as_data()['reproducible'] is False
    assert changed.differences() == [
        'threads differs: 4 (1 inputs), 1 (2 inputs)',
        'inputs computed without the setting deterministic: 1',
    ]


SCRIPT = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from word_jobs import WordJob
from fairmot_ros.jobs import LocalPool, run_jobs
jobs = [WordJob(Path(p)) for p in sys.argv[3:]]
run_jobs(jobs, LocalPool(2, 1), Path(sys.argv[2]))
"""


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGKILL])
def test_ended_run_keeps_what_is_finished_and_leaves_no_process(
    number: signal.Signals, tmp_path: Path
) -> None:
    paths = make_files(tmp_path / 'in', 'a b', 'slow', 'slow', 'a')
    process = subprocess.Popen(
        [sys.executable, '-c', SCRIPT, str(HERE), str(tmp_path), *map(str, paths)],
        stderr=subprocess.DEVNULL,
    )
    wait_until(lambda: bool(counts(tmp_path)))
    workers = children_of(process.pid)
    process.send_signal(number)
    assert process.wait(60) != 0
    assert len(workers) == 2
    wait_until(lambda: not any(map(is_running, workers)))
    assert counts(tmp_path) == {'0.txt': 2}
    if number == signal.SIGINT:
        assert read_manifest(tmp_path)['counts'] == {'finished': 1, 'not reached': 3}
    manifest, _ = run([paths[0], paths[3]], tmp_path)
    assert manifest.taken_up == {str(paths[0])}
    assert counts(tmp_path) == {'0.txt': 2, '3.txt': 1}
    assert not (tmp_path / 'results' / '.unfinished').exists()


def test_workers_that_do_not_start_are_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr('fairmot_ros.jobs.local.python_module', lambda name: ['false'])
    with pytest.raises(JobError, match=r'^a worker process does not start \(exit code 1\)'):
        run(make_files(tmp_path / 'in', 'a'), tmp_path)


@pytest.mark.parametrize(('workers', 'threads'), [(0, 1), (1, 0)])
def test_pool_needs_workers_and_threads(workers: int, threads: int) -> None:
    with pytest.raises(ValueError, match='must be at least 1'):
        LocalPool(workers, threads)


def test_a_worker_ends_without_a_word_when_the_run_ends_while_it_starts() -> None:
    own, other = Pipe()
    process = subprocess.Popen(
        [*python_module('fairmot_ros.jobs.worker'), str(other.fileno())],
        pass_fds=(other.fileno(),),
        stderr=subprocess.PIPE,
    )
    other.close()
    own.send(sys.path)
    own.close()
    _, errors = process.communicate(timeout=120)
    assert (process.returncode, errors) == (0, b'')


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def is_running(pid: int) -> bool:
    """Return whether a process exists and has not ended."""
    try:
        return Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2].split()[0] != 'Z'
    except OSError:
        return False


def children_of(pid: int) -> list[int]:
    found = []
    for status in Path('/proc').glob('[0-9]*/stat'):
        with contextlib.suppress(OSError):  # it ended meanwhile
            if int(status.read_text().rpartition(')')[2].split()[1]) == pid:
                found.append(int(status.parent.name))
    return found
