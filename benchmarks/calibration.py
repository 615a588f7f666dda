"""A fixed workload that tells how fast the machine is at this moment."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np


def milliseconds(work: Callable[[], object], repeats: int) -> float:
    """Return the median time of one call."""
    work()
    times = []
    for _ in range(repeats):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return 1e3 * float(np.median(times))


def calibrate() -> float:
    """Return the milliseconds of 100 products of 64 x 64 matrices and their sorting."""
    matrix = np.random.default_rng(0).normal(size=(64, 64))

    def work() -> None:
        x = matrix
        for _ in range(100):
            x = np.sort(x @ matrix.T, axis=1)
            x = x / np.abs(x).max()

    return milliseconds(work, 20)
