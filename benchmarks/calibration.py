"""Fair timing, and a fixed workload that tells how fast the machine is at this moment."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

import numpy as np

Work = Callable[[], object]


def milliseconds(work: Work, repeats: int) -> float:
    """Return the median time of one call."""
    return in_turns({'': work}, repeats)['']


def in_turns(works: Mapping[str, Work], repeats: int) -> dict[str, float]:
    """Return the median time of one call of each, in milliseconds.

    They take turns, so that whatever else the machine does slows all of them alike.
    """
    times: dict[str, list[float]] = {name: [] for name in works}
    for work in works.values():
        work()
    for _ in range(repeats):
        for name, work in works.items():
            started = time.perf_counter()
            work()
            times[name].append(time.perf_counter() - started)
    return {name: 1e3 * float(np.median(values)) for name, values in times.items()}


def calibrate() -> float:
    """Return the milliseconds of 100 products of 64 x 64 matrices and their sorting."""
    matrix = np.random.default_rng(0).normal(size=(64, 64))

    def work() -> None:
        x = matrix
        for _ in range(100):
            x = np.sort(x @ matrix.T, axis=1)
            x = x / np.abs(x).max()

    return milliseconds(work, 20)
