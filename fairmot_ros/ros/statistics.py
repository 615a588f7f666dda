"""Counters and recent durations, for diagnostics."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

WINDOW = 300  # samples: ten seconds at 30 Hz


@dataclass
class Counters:
    """Where a camera's images went; every received one is counted in one of the others."""

    received: int = 0
    processed: int = 0
    dropped: int = 0
    stale: int = 0
    skipped: int = 0
    failed: int = 0
    missed: int = 0


class Durations:
    """The last durations of one stage, in seconds."""

    def __init__(self) -> None:
        self._samples: deque[float] = deque(maxlen=WINDOW)

    def add(self, seconds: float) -> None:
        """Add a sample."""
        self._samples.append(seconds)

    def __len__(self) -> int:
        return len(self._samples)

    def percentiles(self) -> tuple[float, float, float]:
        """Return the 50th, 95th and 99th percentile in seconds; NaN without samples."""
        if not self._samples:
            return (float('nan'),) * 3
        p50, p95, p99 = np.percentile(list(self._samples), (50, 95, 99)).tolist()
        return p50, p95, p99


class Stopwatch:
    """Durations by stage, in the order in which the stages first ran."""

    def __init__(self) -> None:
        self.stages: dict[str, Durations] = {}

    @contextmanager
    def measure(self, stage: str) -> Iterator[None]:
        """Time the body of a with statement."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self.add(stage, time.perf_counter() - started)

    def add(self, stage: str, seconds: float) -> None:
        """Add a duration that was measured elsewhere."""
        self.stages.setdefault(stage, Durations()).add(seconds)


class Rate:
    """Events per second over the last few seconds of a steady clock."""

    def __init__(self, seconds: float = 5.0) -> None:
        self._seconds = seconds
        self._times: deque[float] = deque()

    def tick(self) -> None:
        """Count one event now."""
        self._times.append(time.monotonic())
        self._forget_old()

    def per_second(self) -> float:
        """Return the rate; 0 while there are fewer than two recent events."""
        self._forget_old()
        if len(self._times) < 2:
            return 0.0
        return (len(self._times) - 1) / max(self._times[-1] - self._times[0], 1e-9)

    def _forget_old(self) -> None:
        oldest = time.monotonic() - self._seconds
        while self._times and self._times[0] < oldest:
            self._times.popleft()
