# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Workers of an existing Dask cluster (package `distributed`)."""

from __future__ import annotations

import asyncio
import logging
import time
import warnings
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress

from distributed import Client, Future, KilledWorker, wait

from fairmot_ros.jobs.cluster_versions import check_versions
from fairmot_ros.jobs.job import Job, JobError, Outcome, Outcomes, Status, Task
from fairmot_ros.jobs.remote import execute_remotely
from fairmot_ros.jobs.sending import PackedFile, SendError, pack, size_of

#: Seconds to wait for the scheduler, and for a worker when there is none.
CONNECT_TIMEOUT = 10.0
WORKER_TIMEOUT = 120.0
#: Seconds between two looks at the list of workers.
POLL_PERIOD = 2.0


class DaskPool:
    """Workers of a Dask cluster.

    Each task returns its result files, so workers need no access to the output folder. Inputs are
    read from their paths; if a worker does not find them, they are sent to it. The scheduler gives
    the task of a worker that dies to another one; it abandons a task after as many deaths as its
    setting `distributed.scheduler.allowed-failures` allows.

    Attributes:
        address: address of the scheduler.
        threads: CPU threads of one engine.
    """

    def __init__(self, address: str, threads: int = 1) -> None:
        """Check that the cluster can be reached and that its workers have the same versions.

        Raises:
            JobError: if it cannot be used.
        """
        self.address = address
        self.threads = threads
        with self._client() as client:
            check_versions(client)

    def run(self, tasks: Iterable[Task]) -> Outcomes:
        """Yield tasks with their outcomes as they come.

        Raises:
            JobError: if the cluster is lost, or has no workers for `WORKER_TIMEOUT` seconds.
        """
        waiting = deque(tasks)
        running: dict[Future, tuple[Task, bool]] = {}
        with self._client() as client:
            try:
                with self._losses():
                    capacity = _Capacity(client)
                    while waiting or running:
                        free = capacity.now() - len(running)
                        for _ in range(min(free, len(waiting))):
                            task = waiting.popleft()
                            running[self._submit(client, task)] = task, False
                        for future, outcome in _ended(client, running):
                            task, was_sent = running.pop(future)
                            if outcome.status is not Status.MISSING or was_sent:
                                yield task, outcome
                                continue
                            try:
                                sent = _pack_missing(task.job, outcome)
                            except (SendError, OSError) as error:
                                yield task, Outcome(Status.FAILED, str(error))
                            else:
                                running[self._submit(client, task, sent)] = task, True
            finally:
                client.cancel(list(running))

    def _submit(
        self, client: Client, task: Task, sent: Mapping[str, PackedFile] | None = None
    ) -> Future:
        """Submit a task, with files that a worker missed."""
        sizes = {}
        for role, path in task.job.files().items():
            with suppress(OSError):
                sizes[role] = size_of(path)
        with warnings.catch_warnings():
            warnings.filterwarnings('ignore', 'Sending large graph')  # the files
            return client.submit(
                execute_remotely, task.job, self.threads, sizes, sent or {}, pure=False, retries=0
            )

    @contextmanager
    def _client(self) -> Iterator[Client]:
        """Connect to the scheduler."""
        for name in ('distributed', 'distributed.client', 'distributed.comm', 'distributed.core'):
            logging.getLogger(name).setLevel(logging.CRITICAL)
        try:
            client = Client(self.address, timeout=CONNECT_TIMEOUT, set_as_default=False)
        except (OSError, ValueError, ImportError, RuntimeError) as error:
            raise JobError(
                f'no Dask scheduler answers at {self.address} ({_first_line(error)}): expected '
                'the address that `dask scheduler` prints, such as tcp://host:8786'
            ) from error
        with client:
            yield client

    @contextmanager
    def _losses(self) -> Iterator[None]:
        """Convert errors of the connection to the scheduler."""
        try:
            yield
        except JobError:
            raise
        except OSError as error:
            raise JobError(
                f'the Dask scheduler at {self.address} does not answer any more '
                f'({_first_line(error)}): finished results are kept, and the same command resumes'
            ) from error


class _Capacity:
    """Number of tasks that the workers of a cluster can run at a time."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._seen = self._asked = time.monotonic()
        self._threads = 0

    def now(self) -> int:
        """Return the number of threads of all workers, as of the last `POLL_PERIOD` seconds.

        Raises:
            JobError: if there has been no worker for `WORKER_TIMEOUT` seconds.
        """
        now = time.monotonic()
        if self._threads and now - self._asked < POLL_PERIOD:
            return self._threads
        self._threads = sum(self._client.nthreads().values())
        self._asked = now
        if self._threads:
            self._seen = now
        elif now - self._seen > WORKER_TIMEOUT:
            raise JobError(
                f'the Dask cluster has had no worker for {WORKER_TIMEOUT:g} s: start workers and '
                'repeat the command, which resumes'
            )
        return self._threads


def _ended(
    client: Client, running: Mapping[Future, tuple[Task, bool]]
) -> list[tuple[Future, Outcome]]:
    """Wait a moment for futures to end, and return those that have, with their outcomes.

    Raises:
        JobError: if the cluster cancelled one.
    """
    if not running:
        time.sleep(POLL_PERIOD)
        return []
    try:
        with client.as_current():
            done = wait(list(running), timeout=POLL_PERIOD, return_when='FIRST_COMPLETED').done
    except (TimeoutError, asyncio.TimeoutError):  # different classes before Python 3.11
        return []
    ended = [future for future in running if future in done]
    finished = [future for future in ended if future.status == 'finished']
    outcomes = dict(zip(finished, client.gather(finished)))  # all in one message
    return [(future, outcomes.get(future) or _failure_of(future)) for future in ended]


def _failure_of(future: Future) -> Outcome:
    """Return the outcome of a future that ended without a result.

    Raises:
        JobError: if the cluster cancelled it.
    """
    error = future.exception() if future.status == 'error' else None
    if error is None:
        raise JobError(
            'the Dask cluster lost or cancelled a task: finished results are kept, and the same '
            'command resumes'
        )
    if isinstance(error, KilledWorker):
        return Outcome(
            Status.ABANDONED,
            f'the workers that had this input ended ({_first_line(error)}), so it is not tried '
            'again in this run',
        )
    return Outcome(Status.FAULT, f'{type(error).__name__}: {_first_line(error)}', str(error))


def _pack_missing(job: Job, missing: Outcome) -> dict[str, PackedFile]:
    """Read the files that a worker did not find.

    Raises:
        SendError: if they are too large.
        OSError: if a file cannot be read.
    """
    files = job.files()
    return {role: pack(path) for role, path in files.items() if role not in missing.files}


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
