# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Signals at random moments in the life of a process.

A moment is a share of the time that the process takes undisturbed, so that the moments lie in all
of its parts on slow machines as well. `FAULT_MOMENTS`, seconds separated by commas, replaces the
random moments: with those that a failed test names, it can be repeated.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
import uuid
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from fairmot_ros.starting import blocked_signals, python_module

PATIENCE = 240.0  # seconds that a process may take; only exceeded on a very busy machine
MARK = 'FAULT_RUN'  # environment variable by which all processes of a run are found


@dataclass(frozen=True)
class Ended:
    """How a process ended.

    Attributes:
        code: exit code, negative for a signal.
        output: what it wrote on standard output and standard error.
        seconds: duration.
        left: processes that it started and that go on.
    """

    code: int
    output: str
    seconds: float
    left: list[str] = field(default_factory=list)


def moments(name: str, count: int, duration: float) -> Iterator[float]:
    """Yield seconds after the start of a process, the same shares of the duration at each call."""
    given = os.environ.get('FAULT_MOMENTS')
    if given:
        yield from map(float, given.split(','))
        return
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    # One moment in each of equal parts, so that few moments are spread, too.
    shares = rng.permutation((np.arange(count) + rng.random(count)) / count)
    for share in shares:
        yield round(share * duration, 3)


def run_module(
    module: str,
    arguments: list[str],
    folder: Path,
    *,
    end_at: float | None = None,
    by: signal.Signals = signal.SIGINT,
    environment: dict[str, str] | None = None,
) -> Ended:
    """Run a module in a folder, and send it a signal unless it has ended before.

    Args:
        module: command or node.
        arguments: of the module.
        folder: current folder of the process.
        end_at: seconds after the start; None to let it end by itself.
        by: signal to send.
        environment: variables; those of this process if None.
    """
    mark = uuid.uuid4().hex
    variables = {**(os.environ if environment is None else environment), MARK: mark}
    log = folder.parent / f'{folder.name}.log'
    # Until the first line of this package runs, Python itself would handle the signal.
    with log.open('wb') as file, blocked_signals():
        process = subprocess.Popen(
            [*python_module(module), *arguments],
            cwd=folder,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            start_new_session=True,
        )
    started = time.monotonic()
    try:
        code = process.wait(PATIENCE if end_at is None else max(end_at, 0.001))
    except subprocess.TimeoutExpired:
        process.send_signal(by)
        code = process.wait(PATIENCE)
    finally:
        process.kill()
        process.wait()
    seconds = time.monotonic() - started
    return Ended(code, log.read_text(errors='replace'), seconds, processes_left(mark))


def processes_left(mark: str) -> list[str]:
    """Return the command lines of the processes of a run that do not end within some time."""
    deadline = time.monotonic() + PATIENCE / 4
    while (running := list(_processes_of(mark))) and time.monotonic() < deadline:
        time.sleep(0.05)
    for process in running:
        os.kill(int(process.split()[0]), signal.SIGKILL)
    return running


def _processes_of(mark: str) -> Iterator[str]:
    for folder in Path('/proc').glob('[0-9]*'):
        try:
            if f'{MARK}={mark}\0'.encode() in (folder / 'environ').read_bytes():
                line = (folder / 'cmdline').read_bytes().replace(b'\0', b' ')
                yield f'{folder.name} {line.decode(errors="replace")}'
        except OSError:  # it has ended, or is of another user
            continue


def check_all(
    name: str, seconds: list[float], by: signal.Signals, check: Callable[[float], str]
) -> None:
    """Check each moment; fail with all that were found, and how to repeat them.

    Args:
        name: of the process.
        seconds: moments.
        by: signal, for the message.
        check: runs the process, and returns what is wrong, '' for nothing.
    """
    faults = {moment: fault for moment in seconds if (fault := check(moment))}
    assert not faults, (
        f'{name} and {by.name}: FAULT_MOMENTS={",".join(map(str, faults))}'
        + ''.join(f'\n--- {moment} s: {fault}' for moment, fault in faults.items())
    )


def unfinished_files(folder: Path) -> list[str]:
    """Return the names of temporary files in a folder."""
    found = [*folder.rglob('*.partial*'), *folder.rglob('.unfinished/*')]
    return sorted(path.relative_to(folder).as_posix() for path in found)
