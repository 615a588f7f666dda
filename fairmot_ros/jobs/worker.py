# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Worker process of a `LocalPool`: ``python -m fairmot_ros.jobs.worker FD``.

It reads tasks from the socket of that number and answers each with its outcome.
"""

from __future__ import annotations

import contextlib
import os
import queue
import sys
import threading
from collections.abc import Iterator
from multiprocessing.connection import Connection
from typing import Any


def main() -> None:
    """Run tasks until the other end of the socket is closed."""
    connection: Connection[Any, Any] = Connection(int(sys.argv[1]))
    with _end_when_closed():
        sys.path[:] = connection.recv()  # the jobs' classes must be found
    from fairmot_ros.jobs.execution import execute
    from fairmot_ros.jobs.local import READY

    tasks: queue.SimpleQueue[tuple[Any, ...]] = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(connection, tasks), daemon=True).start()
    message: Any = READY
    while True:
        with _end_when_closed():
            connection.send(message)
        message = execute(*tasks.get())


def _receive(connection: Connection[Any, Any], tasks: queue.SimpleQueue[Any]) -> None:
    """Pass tasks on; end the process, also amid a task, when the other end is closed."""
    while True:
        with _end_when_closed():
            tasks.put(connection.recv())


@contextlib.contextmanager
def _end_when_closed() -> Iterator[None]:
    try:
        yield
    except (EOFError, OSError):
        os._exit(0)


if __name__ == '__main__':
    main()
