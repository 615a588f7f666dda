# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""SIGINT and SIGTERM at random moments of commands, imports included."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from moments import Ended, check_all, moments, run_module, unfinished_files
from workloads import WORKLOADS

from fairmot_ros.starting import ExitCode

MOMENTS = 8  # of each command and signal
TYPICAL = 5.0  # seconds of a command, where they are not measured
IN_SUITE = ('track', signal.SIGTERM)  # at one moment


def fault_of(ended: Ended, folder: Path) -> str:
    """Return what is wrong with an interrupted command, '' for nothing."""
    if ended.left:
        return f'processes go on: {ended.left}'
    if 'Traceback' in ended.output or 'Exception ignored' in ended.output:
        return ended.output
    if ended.code == ExitCode.SUCCESS:  # it had ended before
        return ''
    if ended.code != ExitCode.INTERRUPTED:
        return f'exit code {ended.code}: {ended.output}'
    if 'interrupted' not in ended.output.splitlines()[-1]:
        return f'the last line does not say so: {ended.output}'
    if files := unfinished_files(folder):
        return f'unfinished files: {files}'
    return ''


@pytest.mark.parametrize(
    ('name', 'by'),
    [
        pytest.param(name, by, marks=[] if (name, by) == IN_SUITE else [pytest.mark.long])
        for name in WORKLOADS
        for by in (signal.SIGINT, signal.SIGTERM)
    ],
)
def test_a_signal_ends_a_command_with_exit_code_130(
    name: str,
    by: signal.Signals,
    workload_inputs: Path,
    durations: dict[str, float],
    environment: dict[str, str],
    tmp_path: Path,
    all_faults: bool,
) -> None:
    command = WORKLOADS[name]
    arguments = command.command_line(workload_inputs)

    def run(folder: Path, moment: float | None = None) -> Ended:
        folder.mkdir()
        return run_module(command.module, arguments, folder, end_at=moment, by=by)

    if not all_faults:
        durations.setdefault(name, TYPICAL)
    if name not in durations:
        whole = run(tmp_path / 'whole')
        assert whole.code == ExitCode.SUCCESS, whole.output
        durations[name] = whole.seconds

    def check(moment: float) -> str:
        folder = tmp_path / f'at_{moment}'
        return fault_of(run(folder, moment), folder)

    count = MOMENTS if all_faults else 1
    check_all(name, list(moments(f'{name} {by.name}', count, durations[name])), by, check)
