# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Execution of a job in a worker."""

from __future__ import annotations

import logging
import platform
import resource
import shutil
import sys
import threading
import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from fairmot_ros.files.errors import reason_of
from fairmot_ros.files.writing import WriteError, writing
from fairmot_ros.jobs.environment import describe_environment
from fairmot_ros.jobs.fingerprint import FileState, read_state
from fairmot_ros.jobs.job import Job, Outcome, Status

#: Exceptions that are mistakes in the input or the settings, not faults of the program.
MISTAKES = (ValueError, OSError)
#: Largest number of log messages to keep of a job.
MAX_MESSAGES = 20


def execute(
    job: Job, folder: Path, threads: int, sizes: Mapping[str, int] | None = None
) -> Outcome:
    """Run a job and return its outcome; exceptions become a part of it.

    Args:
        job: the job.
        folder: folder for the results; emptied if it exists, as after the death of a worker.
        threads: CPU threads of one engine.
        sizes: sizes of the files by role, in bytes, by which other files at the same paths are
            recognised.
    """
    started, cpu_started = time.perf_counter(), time.process_time()
    with _logged_warnings() as messages:
        outcome = _execute(job, folder, threads, sizes or {})
    return replace(
        outcome,
        notes=(*outcome.notes, *messages),
        environment=describe_environment(threads),
        host=platform.node(),
        seconds=round(time.perf_counter() - started, 3),
        cpu_seconds=round(time.process_time() - cpu_started, 3),
        peak_memory=peak_memory(),
    )


def _execute(job: Job, folder: Path, threads: int, sizes: Mapping[str, int]) -> Outcome:
    files: dict[str, FileState] = {}
    missing = []
    for role, path in job.files().items():
        try:
            state = read_state(path)
        except FileNotFoundError:
            missing.append(f'{path}: no such file or folder')
            continue
        except OSError as error:
            return Outcome(Status.FAILED, _sentence(error), files=files)
        if sizes.get(role, state.bytes) != state.bytes:
            missing.append(f'{path} has {state.bytes} bytes, expected {sizes[role]}')
            continue
        files[role] = state
    if missing:
        return Outcome(Status.MISSING, '; '.join(missing), files=files)
    status = Status.UNUSABLE
    try:
        with writing(folder):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
        job.prepare(threads)
        status = Status.FAILED
        return Outcome(Status.FINISHED, notes=tuple(job.run(folder, threads)), files=files)
    except WriteError as error:
        return Outcome(Status.UNUSABLE, str(error), files=files)
    except MISTAKES as error:
        return Outcome(status, _sentence(error), files=files)
    except Exception as error:
        reason = f'{type(error).__name__}: {reason_of(error)}'
        return Outcome(Status.FAULT, reason, traceback.format_exc(), files=files)


def _sentence(error: Exception) -> str:
    return ' '.join(str(error).split()) or type(error).__name__


@contextmanager
def _logged_warnings() -> Iterator[list[str]]:
    """Collect the warnings that this thread logs."""
    messages: list[str] = []
    thread = threading.get_ident()

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.thread == thread and len(messages) < MAX_MESSAGES:
                messages.append(record.getMessage())

    collector = Collector(logging.WARNING)
    package = logging.getLogger('fairmot_ros')
    package.addHandler(collector)
    try:
        yield messages
    finally:
        package.removeHandler(collector)


def peak_memory() -> int:
    """Return the largest memory of this process so far, in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == 'darwin' else peak * 1024
