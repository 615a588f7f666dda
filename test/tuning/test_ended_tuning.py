# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""fairmot-tune in a process of its own that is interrupted or killed, and resumed."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path

import pytest

pytest.importorskip('optuna', reason='needs optuna')
pytest.importorskip('rosbags', reason='needs rosbags')
from tuning_folders import write_folder

from fairmot_ros.cli import tune as command
from fairmot_ros.starting import python_module


def finished_trials(study: Path) -> int:
    """Return the number of finished trials in a file of studies."""
    if not study.is_file():
        return 0
    with closing(sqlite3.connect(f'file:{study}?mode=ro', uri=True, timeout=60)) as connection:
        try:
            query = "SELECT COUNT(*) FROM trials WHERE state = 'COMPLETE'"
            return int(connection.execute(query).fetchone()[0])
        except sqlite3.OperationalError:  # the table does not exist yet
            return 0


@pytest.mark.parametrize(
    ('ending', 'workers'),
    [(signal.SIGINT, []), (signal.SIGINT, ['--jobs', '2']), (signal.SIGKILL, ['--jobs', '2'])],
    ids=['interrupted', 'interrupted with processes', 'killed with processes'],
)
def test_finished_trials_are_kept(
    ending: signal.Signals, workers: list[str], tmp_path: Path
) -> None:
    folders = [str(write_folder(tmp_path / name, 2.2, n)) for n, name in enumerate('ab')]
    options = ['--public-detections', '--settings', 'lost_timeout', '--output']
    study = tmp_path / 'out' / 'study.db'
    process = subprocess.Popen(
        [
            *python_module('fairmot_ros.cli.tune'),
            *(*folders, *options, str(tmp_path / 'out'), '--trials', '10000', *workers),
        ],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, 'OMP_NUM_THREADS': '1'},
    )
    try:
        deadline = time.monotonic() + 240
        while finished_trials(study) < 7 and process.poll() is None:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        process.send_signal(ending)
        # Ends only when the worker processes, which share stderr, have ended as well.
        _, errors = process.communicate(timeout=120)
    finally:
        process.kill()
        process.wait()
    if ending is signal.SIGINT:
        assert process.returncode == 130, errors
        assert (
            errors.strip()
            .splitlines()[-1]
            .endswith('fairmot-tune: interrupted; the same command resumes it')
        )
    trials = str(finished_trials(study) // 3 + 2)  # of each of three searches
    for output in ('out', 'fresh'):
        again = [*folders, *options, str(tmp_path / output), '--trials', trials]
        assert command.main(again) == 0
    resumed, fresh = (
        json.loads((tmp_path / output / 'tuning.json').read_text()) for output in ('out', 'fresh')
    )
    assert resumed == fresh
