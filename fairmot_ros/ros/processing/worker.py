# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Worker thread that loads and runs the network and updates the trackers."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, wait
from functools import partial
from typing import Generic, TypeVar

THREAD_NAME = 'fairmot_worker'
POLL_SECONDS = 0.1
logger = logging.getLogger(__name__)

K = TypeVar('K')
T = TypeVar('T')
R = TypeVar('R')


class CallInterruptedError(RuntimeError):
    """A call has no result because the worker or the process is ending."""


class Worker(Generic[K, T]):
    """Thread that runs calls in order and, between them, processes the newest item per source.

    Load the network with `call()`, so that the same thread loads and runs it: OpenMP keeps a pool
    of threads for each thread that has run a parallel region. Once the pools together have more
    threads than the machine has cores, threads no longer spin between parallel regions, and waking
    them for every operator takes half as long as the network itself.

    Attributes:
        process: called on the thread with the newest items by source; must not raise. Set it
            before the first `put()`.
    """

    process: Callable[[dict[K, T]], None]

    def __init__(self, interrupted: Callable[[], bool] = lambda: False) -> None:
        """Start the thread.

        Args:
            interrupted: returns whether the process is ending; polled by `call()`.
        """
        self._interrupted = interrupted
        self._calls: deque[Callable[[], None]] = deque()
        self._items: dict[K, T] = {}
        self._stopping = False
        self._changed = threading.Condition()
        # A daemon thread: a call that does not return must not keep the process alive.
        self._thread = threading.Thread(target=self._run, name=THREAD_NAME, daemon=True)
        self._thread.start()

    def call(self, function: Callable[[], R]) -> R:
        """Run a function on the thread and return its result, or raise its exception.

        Raises:
            CallInterruptedError: if the process or the worker ends before the function returns.
        """
        future = self._submit(function)
        while True:
            ending = self._interrupted() or not self._thread.is_alive()
            if future.done():
                return future.result()
            if ending:
                raise CallInterruptedError('the worker thread is ending')
            wait([future], POLL_SECONDS)

    def put(self, source: K, item: T) -> bool:
        """Queue an item; return whether it replaced a waiting item of the same source."""
        with self._changed:
            # Removed first, so that sources are processed in the order of their newest items.
            dropped = self._items.pop(source, None) is not None
            self._items[source] = item
            self._changed.notify()
            return dropped

    def drain(self, seconds: float) -> bool:
        """Discard waiting items and wait for the current ones; return False after a timeout."""
        with self._changed:
            self._items.clear()
        return bool(wait([self._submit(lambda: None)], seconds).done)

    def stop(self, seconds: float) -> bool:
        """End the thread after its current call or items; return False after a timeout."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _submit(self, function: Callable[[], R]) -> Future[R]:
        future: Future[R] = Future()

        def run() -> None:
            try:
                future.set_result(function())
            except BaseException as error:  # raised again by `call()`
                future.set_exception(error)

        with self._changed:
            self._calls.append(run)
            self._changed.notify()
        return future

    def _run(self) -> None:
        while True:
            work = None  # frees the messages, possibly large images, before waiting
            try:
                if (work := self._next()) is None:
                    return
                work()
            except MemoryError:  # the report failed, too: go on with the next frame
                with contextlib.suppress(MemoryError):
                    logger.error('out of memory: a frame is dropped without a report')

    def _next(self) -> Callable[[], None] | None:
        """Wait for the next call or items; return None once the worker is stopped."""
        with self._changed:
            self._changed.wait_for(lambda: self._calls or self._items or self._stopping)
            if self._stopping:
                return None
            if self._calls:
                return self._calls.popleft()
            items, self._items = self._items, {}
            return partial(self.process, items)


def is_worker_running() -> bool:
    """Return whether a worker thread is running in this process."""
    return any(thread.name == THREAD_NAME for thread in threading.enumerate())
