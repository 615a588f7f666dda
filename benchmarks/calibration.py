# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Fair timing, and a fixed workload that tells how fast the machine is at this moment."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

Work = Callable[[], object]
Statistic = Callable[[list[float]], Any]


def milliseconds(work: Work, repeats: int) -> float:
    """Return the median time of one call."""
    return in_turns({'': work}, repeats)['']


def in_turns(
    works: Mapping[str, Work], repeats: int, statistic: Statistic = np.median
) -> dict[str, float]:
    """Return the median time of one call of each, or another statistic, in milliseconds.

    They take turns, so that whatever else the machine does slows all of them alike. Each turn
    begins with a call that does not count: by then, caches hold what this work needs, and threads
    that another library leaves spinning after its last call have gone to sleep.
    """
    times: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(repeats):
        for name, work in works.items():
            work()
            started = time.perf_counter()
            work()
            times[name].append(time.perf_counter() - started)
    return {name: 1e3 * float(statistic(values)) for name, values in times.items()}


def calibrate() -> float:
    """Return the milliseconds of 100 products of 64 x 64 matrices and their sorting."""
    matrix = np.random.default_rng(0).normal(size=(64, 64))

    def work() -> None:
        x = matrix
        for _ in range(100):
            x = np.sort(x @ matrix.T, axis=1)
            x = x / np.abs(x).max()

    return milliseconds(work, 20)
