# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Workers that run measurements: processes of this machine, or a Dask cluster."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fairmot_ros.evaluation.metrics.evaluate import Metrics
from fairmot_ros.jobs.job import JobError
from fairmot_ros.starting import deferred_signals
from fairmot_ros.tuning.measuring import MapFunction, Measurement
from fairmot_ros.tuning.recorded_detections import RecordedDetections, load_detections

RESUMES = 'finished trials are kept, and the same command resumes the search'


@contextmanager
def process_workers(count: int) -> Iterator[MapFunction]:
    """Yield a function that maps measurements to processes.

    Raises:
        ValueError: if the number of processes is below 1.
        JobError: if a process ends before its measurement.
    """
    if count < 1:
        raise ValueError(f'the number of processes must be at least 1, got {count}')
    # New processes, as threads of libraries do not survive a fork.
    context = multiprocessing.get_context('spawn')
    with ProcessPoolExecutor(count, context, initializer=_follow_parent) as pool:

        def map_function(
            function: Callable[[Measurement], Metrics], items: Iterable[Measurement]
        ) -> Iterator[Metrics]:
            try:
                # Interrupted within it, the pool waits at its end for tasks that it never got.
                with deferred_signals():
                    results = pool.map(function, items)
                yield from results
            except BrokenProcessPool as error:
                raise JobError(
                    f'a worker process ended, perhaps for want of memory: use fewer; {RESUMES}'
                ) from error

        try:
            yield map_function
        finally:  # waits for the measurements that run, so that no process is left
            pool.shutdown(cancel_futures=True)


def _follow_parent() -> None:
    """Leave Ctrl-C of the terminal to the process that started this one, and end with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # importing the command may have changed it
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this process when its parent ends, even if it is killed."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


@contextmanager
def dask_workers(address: str) -> Iterator[MapFunction]:
    """Yield a function that maps measurements to the workers of a Dask cluster.

    The detections are sent to the workers once, so they need no access to the files.

    Args:
        address: address of the scheduler.

    Raises:
        JobError: if the cluster cannot be used, or is lost.
        ModuleNotFoundError: if the package distributed is missing.
    """
    from distributed import Client
    from distributed.client import Future

    from fairmot_ros.jobs.cluster import DaskPool

    DaskPool(address)  # checks that the cluster can be used
    sent: dict[Path, Future] = {}
    with Client(address, set_as_default=False) as client:

        def map_function(
            function: Callable[[Measurement], Metrics], items: Iterable[Measurement]
        ) -> Iterator[Metrics]:
            futures = []
            for item in items:
                if item.detections not in sent:
                    content = load_detections(item.detections)
                    sent[item.detections] = client.scatter(content, broadcast=True)
                futures.append(client.submit(_run_with, item, sent[item.detections], pure=False))
            try:
                yield from client.gather(futures)
            except ValueError:
                raise
            except Exception as error:
                raise JobError(
                    f'the Dask cluster at {address} lost a measurement '
                    f'({type(error).__name__}); {RESUMES}'
                ) from error

        yield map_function


def _run_with(measurement: Measurement, detections: Any) -> Metrics:
    assert isinstance(detections, RecordedDetections)
    return measurement.run(detections)
