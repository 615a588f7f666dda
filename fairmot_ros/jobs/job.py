# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Jobs, their outcomes, and pools of workers that run them."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any, Protocol

from fairmot_ros.jobs.fingerprint import FileState

#: Number of workers that a job may end before it is abandoned.
MAX_ATTEMPTS = 3


class Job(Protocol):
    """Work on one input. Jobs are pickled, as workers are other processes."""

    @property
    def source(self) -> Path:
        """The input: a file or a folder."""

    @property
    def deterministic(self) -> bool:
        """Whether equal input gives identical results on one kind of CPU."""

    def files(self) -> Mapping[str, Path]:
        """Return every file and folder that affects the results, by its role, such as 'bag'."""

    def settings(self) -> Mapping[str, Any]:
        """Return all other values that affect the results, as data for JSON."""

    def read_from(self, copies: Mapping[str, Path]) -> Job:
        """Return the job with copies of its files, by role; results name the original paths."""

    def memory(self) -> int:
        """Return an estimate of the memory of a worker, in bytes."""

    def prepare(self, threads: int) -> None:
        """Load what the jobs of one process share, such as a network.

        Args:
            threads: CPU threads of one engine.

        Raises:
            ValueError, OSError: if the settings cannot be used; this ends all jobs.
        """

    def run(self, folder: Path, threads: int) -> Sequence[str]:
        """Write the results to an empty folder and return notes for the user.

        Raises:
            ValueError, OSError: if the input cannot be used; other jobs continue.
        """


class Status(str, Enum):
    """Outcome of a job."""

    FINISHED = 'finished'
    FAILED = 'failed'  # the input cannot be used
    FAULT = 'fault'  # unexpected exception
    ABANDONED = 'abandoned'  # it ended too many workers
    UNUSABLE = 'unusable'  # settings or output folder cannot be used: ends all jobs
    MISSING = 'missing'  # the worker does not find some files: those not in `Outcome.files`


@dataclass(frozen=True)
class Outcome:
    """What a worker reports of a job.

    Attributes:
        status: how it ended.
        reason: one sentence if it was not finished.
        details: traceback of a fault.
        notes: remarks for the user, and the warnings that were logged.
        files: state of the files by role, as the worker read them.
        environment: versions, CPU and threads of the worker.
        host: name of the machine.
        seconds: duration.
        cpu_seconds: time of the processor that the worker took meanwhile.
        peak_memory: largest memory of the worker so far, in bytes.
        attempts: number of workers that had the job.
        results: contents of the result files by relative path, if the worker has another file
            system; None if they are in the folder of the task.
    """

    status: Status
    reason: str = ''
    details: str = ''
    notes: Sequence[str] = ()
    files: Mapping[str, FileState] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    host: str = ''
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_memory: int = 0
    attempts: int = 1
    results: Mapping[str, bytes] | None = None


@dataclass(frozen=True)
class Task:
    """A job and the folder for its results, which the worker creates."""

    job: Job
    folder: Path


#: Tasks with their outcomes, in the order in which they end.
Outcomes = Generator[tuple[Task, Outcome], None, None]


class Pool(Protocol):
    """Workers that run tasks."""

    @property
    def threads(self) -> int:
        """CPU threads of one engine."""

    def run(self, tasks: Iterable[Task]) -> Outcomes:
        """Yield tasks with their outcomes as they come; closing it stops the workers."""


class JobError(ValueError):
    """Jobs that cannot be run at all; the message says why and what to do."""
