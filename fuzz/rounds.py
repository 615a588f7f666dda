# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Rounds: many inputs of one target from one seed, run in a separate process.

A reader that crashes or hangs thus ends only its round, and every round starts with fresh memory.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import resource
import signal
import tempfile
import traceback
from collections import Counter
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import SearchStrategy

from fuzz.target import Outcome, Target

MAX_MEMORY = 8 << 30  # bytes of address space that a round may add
TIMEOUT = 600.0  # seconds after which a round counts as hanging
PHASES = (Phase.explicit, Phase.generate, Phase.target, Phase.shrink)


@dataclass
class Round:
    """Result of a round.

    Attributes:
        seed: seed of the inputs.
        counts: number of inputs by outcome.
        failure: error in one line; empty on success.
        trace: traceback of the error.
        value: smallest input found that causes the error.
    """

    seed: int
    counts: Counter[Outcome] = field(default_factory=Counter)
    failure: str = ''
    trace: str = ''
    value: Any = None

    @property
    def inputs(self) -> int:
        """Number of inputs that were handled correctly."""
        return self.counts.total()


def run_round(
    target: Target, number: int, inputs: int, folder: Path, last: Path | None = None
) -> Round:
    """Check inputs of a target in this process.

    Args:
        target: target to check.
        number: seed of the inputs.
        inputs: maximum number of inputs.
        folder: folder for temporary files.
        last: file to write each input to before it is read, in case the process crashes.
    """
    result = Round(number)

    def check(value: Any) -> None:
        result.value = value
        if last is not None:
            last.write_bytes(_pickled(value))
        result.counts[target.check(value, folder)] += 1

    strategy: SearchStrategy[Any] = target.inputs()
    test = given(strategy)(check)
    test = settings(
        max_examples=inputs,
        deadline=None,
        database=None,
        phases=PHASES,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )(test)
    try:
        seed(number)(test)()
    except Exception as error:  # hypothesis raises the error of the smallest input
        result.failure = f'{type(error).__name__}: {" ".join(str(error).split())[:300]}'
        result.trace = traceback.format_exc()
    else:
        result.value = None
    return result


def run_isolated(target: Target, number: int, inputs: int, last: Path) -> Round:
    """Check inputs of a target in a separate process.

    Args:
        target: see `run_round`.
        number: see `run_round`.
        inputs: see `run_round`.
        last: see `run_round`; removed unless the process crashes.
    """
    context = multiprocessing.get_context('fork')
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(sender, target, number, inputs, last))
    process.start()
    sender.close()
    result = _receive(receiver)
    if result is None and process.is_alive():
        process.kill()
    process.join()
    if result is not None:
        last.unlink(missing_ok=True)
        return result
    value = pickle.loads(last.read_bytes()) if last.is_file() else None
    code = process.exitcode or 0
    reason = signal.Signals(-code).name if code < 0 else f'exit code {code}'
    return Round(number, failure=f'the process ended with {reason}', value=value)


def _receive(receiver: Connection) -> Round | None:
    """Return the result that a process sends, or None if it crashes or hangs."""
    try:
        result: Round | None = receiver.recv() if receiver.poll(TIMEOUT) else None
    except EOFError:
        return None
    return result


def _run(sender: Connection, target: Target, number: int, inputs: int, last: Path) -> None:
    _limit_memory()
    with tempfile.TemporaryDirectory(prefix='fairmot_fuzz_') as folder:
        result = run_round(target, number, inputs, Path(folder), last)
    result.value = pickle.loads(_pickled(result.value))
    sender.send(result)


def _limit_memory() -> None:
    """Limit the address space, so that the process fails before the machine runs out of memory."""
    pages = int(Path('/proc/self/statm').read_text().split()[0])
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (pages * os.sysconf('SC_PAGE_SIZE') + MAX_MEMORY, hard))


def _pickled(value: Any) -> bytes:
    try:
        return pickle.dumps(value)
    except Exception:  # messages of some ROS versions cannot be pickled
        return pickle.dumps(repr(value))
