# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""SIGKILL at random moments of commands: no file is corrupt, and the same command completes.

Others: test/training/engine/test_processes.py, test/tuning/test_ended_tuning.py,
test/jobs/test_local_jobs.py.
"""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from moments import Ended, check_all, moments, run_module, unfinished_files
from workloads import WORKLOADS
from written_files import corrupt_files, finished_files

from fairmot_ros.starting import ExitCode

MOMENTS = 8  # of each command
TYPICAL = 5.0  # seconds of a command, where they are not measured
IN_SUITE = 'track'  # at one moment


@pytest.mark.parametrize(
    'name',
    [pytest.param(n, marks=[] if n == IN_SUITE else [pytest.mark.long]) for n in WORKLOADS],
)
def test_a_killed_command_leaves_sound_files_and_completes_when_repeated(
    name: str,
    workload_inputs: Path,
    durations: dict[str, float],
    environment: dict[str, str],
    tmp_path: Path,
    all_faults: bool,
) -> None:
    command = WORKLOADS[name]
    arguments = command.command_line(workload_inputs)

    def run(folder: Path, moment: float | None = None) -> Ended:
        folder.mkdir(exist_ok=True)
        by = signal.SIGKILL
        return run_module(command.module, arguments, folder, end_at=moment, by=by)

    expected: list[Path] = []
    if all_faults:
        whole = run(tmp_path / 'whole')
        assert whole.code == ExitCode.SUCCESS, whole.output
        assert not corrupt_files(tmp_path / 'whole')
        durations[name] = whole.seconds
        expected = finished_files(tmp_path / 'whole')

    def check(moment: float) -> str:
        folder = tmp_path / f'at_{moment}'
        killed = run(folder, moment)
        if killed.left:
            return f'processes go on: {killed.left}'
        if corrupt := corrupt_files(folder):
            return f'corrupt: {corrupt}'
        if killed.code == ExitCode.SUCCESS:  # it had ended before
            return ''
        again = run(folder)
        refused = again.code == ExitCode.USAGE_ERROR and 'already exists' in again.output
        if again.code != ExitCode.SUCCESS and not refused:
            return f'repeated, it ends with {again.code}: {again.output}'
        if corrupt := corrupt_files(folder) + unfinished_files(folder):
            return f'corrupt after a repetition: {corrupt}'
        found = finished_files(folder)
        if expected and found != expected:
            return f'repeated, it wrote {found}, expected {expected}'
        return ''

    count = MOMENTS if all_faults else 1
    duration = durations.get(name, TYPICAL)
    check_all(name, list(moments(f'{name} killed', count, duration)), signal.SIGKILL, check)
