"""Rounds: many inputs of one target from one seed, in a process of their own.

A reader that crashes or hangs then ends its round alone, and every round starts with the memory
that the program starts with.
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

MEMORY = 8 << 30  # bytes of address space beyond what the program has, for one round
HANGS_AFTER = 600.0  # seconds without an end of the round
PHASES = (Phase.explicit, Phase.generate, Phase.target, Phase.shrink)


@dataclass
class Round:
    """What came of a round.

    Attributes:
        seed: of its inputs.
        counts: inputs by what the reader did with them.
        failure: what went wrong in one line, '' if nothing did.
        trace: where.
        value: the smallest input that was found for it.
    """

    seed: int
    counts: Counter[Outcome] = field(default_factory=Counter)
    failure: str = ''
    trace: str = ''
    value: Any = None

    @property
    def inputs(self) -> int:
        """Number of inputs that were handled as they should be."""
        return self.counts.total()


def play(
    target: Target, number: int, inputs: int, folder: Path, last: Path | None = None
) -> Round:
    """Check inputs of a target in this process.

    Args:
        target: what to check.
        number: seed of the inputs.
        inputs: how many, at most.
        folder: for files.
        last: file that holds the input being read, for the case that the process dies of it.
    """
    done = Round(number)

    def check(value: Any) -> None:
        done.value = value
        if last is not None:
            last.write_bytes(_pickled(value))
        done.counts[target.check(value, folder)] += 1

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
    except Exception as error:  # of any reader; hypothesis ends with its smallest input
        done.failure = f'{type(error).__name__}: {" ".join(str(error).split())[:300]}'
        done.trace = traceback.format_exc()
    else:
        done.value = None
    return done


def play_apart(target: Target, number: int, inputs: int, last: Path) -> Round:
    """Do the same in a process of its own.

    Args:
        target: see `play`.
        number: see `play`.
        inputs: see `play`.
        last: see `play`; removed if the process lives to its end.
    """
    context = multiprocessing.get_context('fork')
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(sender, target, number, inputs, last))
    process.start()
    sender.close()
    found = _receive(receiver)
    if found is None and process.is_alive():
        process.kill()
    process.join()
    if found is not None:
        last.unlink(missing_ok=True)
        return found
    value = pickle.loads(last.read_bytes()) if last.is_file() else None
    code = process.exitcode or 0
    reason = signal.Signals(-code).name if code < 0 else f'exit code {code}'
    return Round(number, failure=f'the process ended with {reason}', value=value)


def _receive(receiver: Connection) -> Round | None:
    """Return what a round sends, None if its process ends or hangs before it does."""
    try:
        found: Round | None = receiver.recv() if receiver.poll(HANGS_AFTER) else None
    except EOFError:
        return None
    return found


def _run(sender: Connection, target: Target, number: int, inputs: int, last: Path) -> None:
    _limit_memory()
    with tempfile.TemporaryDirectory(prefix='fairmot_fuzz_') as folder:
        done = play(target, number, inputs, Path(folder), last)
    done.value = pickle.loads(_pickled(done.value))
    sender.send(done)


def _limit_memory() -> None:
    """Make the process run out of memory before the machine does."""
    pages = int(Path('/proc/self/statm').read_text().split()[0])
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (pages * os.sysconf('SC_PAGE_SIZE') + MEMORY, hard))


def _pickled(value: Any) -> bytes:
    try:
        return pickle.dumps(value)
    except Exception:  # messages of some versions of ROS cannot be
        return pickle.dumps(repr(value))
