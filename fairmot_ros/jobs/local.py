# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Worker processes on this machine."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection, Pipe, wait
from typing import Any

from fairmot_ros.jobs.job import MAX_ATTEMPTS, JobError, Outcome, Outcomes, Status, Task
from fairmot_ros.starting import python_module

#: Variables by which numerical libraries take their number of threads.
THREAD_VARIABLES = ('OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS', 'MKL_NUM_THREADS')
READY = 'ready'  # first message of a worker
GRACE = 5.0  # seconds in which a worker ends after its socket is closed


@dataclass(eq=False)
class Worker:
    """A worker process with its end of the socket and its current task."""

    process: subprocess.Popen[bytes]
    connection: Connection[Any, Any]
    task: Task | None = None
    ready: bool = False


@dataclass
class LocalPool:
    """Processes that are started anew, so that they share nothing with this one.

    A process that dies is replaced, and its task is given to another one; a task that has ended
    `MAX_ATTEMPTS` processes is abandoned.

    Attributes:
        workers: number of processes.
        threads: CPU threads of one engine.
    """

    workers: int
    threads: int
    _running: list[Worker] = field(default_factory=list, init=False, repr=False)

    def __post_init__(self) -> None:
        if self.workers < 1 or self.threads < 1:
            raise ValueError(
                f'workers and threads must be at least 1, got {self.workers} and {self.threads}'
            )

    def run(self, tasks: Iterable[Task]) -> Outcomes:
        """Yield tasks with their outcomes as they come.

        Raises:
            JobError: if a process does not start.
        """
        waiting = deque(tasks)
        attempts: dict[int, int] = {}
        try:
            for _ in range(min(self.workers, len(waiting))):
                self._running.append(self._start())  # one by one, so that `_stop` ends them
            while waiting or any(worker.task for worker in self._running):
                for worker in self._running:
                    if waiting and worker.ready and worker.task is None:
                        self._give(worker, waiting.popleft())
                for worker in self._with_news():
                    try:
                        message = worker.connection.recv()
                    except (EOFError, OSError):
                        task, how = worker.task, self._replace(worker)
                        if task is None:
                            continue
                        attempts[id(task)] = attempts.get(id(task), 0) + 1
                        if attempts[id(task)] >= MAX_ATTEMPTS:
                            yield task, _abandoned(attempts[id(task)], how)
                        else:
                            waiting.append(task)
                        continue
                    if message == READY:
                        worker.ready = True
                        continue
                    task, worker.task = worker.task, None
                    assert task is not None
                    yield task, replace(message, attempts=attempts.get(id(task), 0) + 1)
        finally:
            self._stop()

    def _with_news(self) -> list[Worker]:
        """Wait until workers have something to say or are gone, and return them."""
        ready = wait([worker.connection for worker in self._running])
        return [worker for worker in self._running if worker.connection in ready]

    def _give(self, worker: Worker, task: Task) -> None:
        worker.task = task
        with contextlib.suppress(OSError):  # it is gone, which `recv` finds
            worker.connection.send((task.job, task.folder, self.threads))

    def _start(self) -> Worker:
        own, other = Pipe()
        environment = {
            **os.environ,
            **dict.fromkeys(THREAD_VARIABLES, str(self.threads)),
            'TQDM_DISABLE': '1',  # one progress bar over all tasks is enough
        }
        process = subprocess.Popen(
            [*python_module('fairmot_ros.jobs.worker'), str(other.fileno())],
            pass_fds=(other.fileno(),),
            stdin=subprocess.DEVNULL,
            env=environment,
            start_new_session=True,  # Ctrl-C of the terminal is for this process alone
        )
        other.close()
        with contextlib.suppress(OSError):
            own.send(sys.path)
        return Worker(process, own)

    def _replace(self, worker: Worker) -> str:
        """Start another process instead of a dead one; return how that one ended."""
        worker.connection.close()
        worker.process.kill()
        how = _describe_end(worker.process.wait())
        if not worker.ready:
            raise JobError(
                f'a worker process does not start ({how}): see its messages above, and check the '
                'installation with fairmot-check'
            )
        self._running[self._running.index(worker)] = self._start()
        return how

    def _stop(self) -> None:
        for worker in self._running:
            worker.connection.close()
        for worker in self._running:
            try:
                worker.process.wait(GRACE)
            except subprocess.TimeoutExpired:
                worker.process.kill()
                worker.process.wait()
        self._running = []


def _describe_end(code: int) -> str:
    if code == -signal.SIGKILL:
        return 'killed by SIGKILL, as by a system without free memory'
    return f'killed by {signal.Signals(-code).name}' if code < 0 else f'exit code {code}'


def _abandoned(attempts: int, how: str) -> Outcome:
    return Outcome(
        Status.ABANDONED,
        f'{attempts} workers ended while they had this input (the last one: {how}), so it is not '
        'tried again in this run',
        attempts=attempts,
    )
