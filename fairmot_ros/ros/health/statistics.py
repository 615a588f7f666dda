# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Thread-safe counters and stage durations of one camera."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

WINDOW = 300  # durations kept per stage: ten seconds at 30 Hz
RATE_SECONDS = 5.0  # period over which the rate is measured


@dataclass(frozen=True)
class Counters:
    """Message counters of a camera.

    Every received message ends up in `processed`, `dropped`, `stale`, `skipped` or `failed`.

    Attributes:
        received: messages received while the node was enabled.
        processed: frames tracked and published.
        dropped: messages replaced by a newer one before processing.
        stale: messages older than `max_input_age` when processed.
        skipped: messages whose stamp was repeated or out of order.
        failed: messages that were unusable or raised an error.
        missed: messages published but not received; not part of `received`.
    """

    received: int = 0
    processed: int = 0
    dropped: int = 0
    stale: int = 0
    skipped: int = 0
    failed: int = 0
    missed: int = 0


class Percentiles(NamedTuple):
    """Percentiles of the recent durations of one stage, seconds."""

    samples: int
    p50: float
    p95: float
    p99: float


@dataclass(frozen=True)
class StatisticsSnapshot:
    """Copy of the statistics at one time.

    Attributes:
        counters: since the node was configured.
        stages: percentiles by stage, in the order of each stage's first run.
        rate: processed frames per second.
        time_jumps: number of jumps of the stamps.
        detections_left_out: number of detections in excess of `max_detections`, over all frames.
        last_error: why the last frame or one of its outputs failed, '' if all succeeded.
        last_arrival: time of the last message on the steady clock, seconds; None before it.
    """

    counters: Counters = Counters()
    stages: Mapping[str, Percentiles] = field(default_factory=dict)
    rate: float = 0.0
    time_jumps: int = 0
    detections_left_out: int = 0
    last_error: str = ''
    last_arrival: float | None = None


class Statistics:
    """Collects statistics; all methods are thread-safe."""

    def __init__(self) -> None:
        """Start with all counters at zero."""
        self._lock = threading.Lock()
        self._counters = Counters()
        self._stages: dict[str, deque[float]] = {}
        self._processed_at: deque[float] = deque()
        self._time_jumps = 0
        self._detections_left_out = 0
        self._last_error = ''
        self._last_arrival: float | None = None

    def count(self, counter: str, number: int = 1) -> None:
        """Add a number to the named field of `Counters`."""
        with self._lock:
            self._add_to(counter, number)

    def note_arrival(self, when: float) -> None:
        """Count a received message; `when` is its time on the steady clock, seconds."""
        with self._lock:
            self._add_to('received', 1)
            self._last_arrival = when

    def set_time_jumps(self, number: int) -> None:
        """Set the number of jumps of the stamps."""
        with self._lock:
            self._time_jumps = number

    def note_left_out(self, number: int) -> None:
        """Add detections in excess of `max_detections`."""
        with self._lock:
            self._detections_left_out += number

    def note_failure(self, error: str) -> int:
        """Count a failed frame; return the number of messages received so far."""
        with self._lock:
            self._add_to('failed', 1)
            self._last_error = error
            return self._counters.received

    def note_success(self, error: str = '') -> None:
        """Count a processed frame; `error` describes its failed outputs."""
        with self._lock:
            self._add_to('processed', 1)
            self._last_error = error

    def note_tracked(self) -> float:
        """Record the present time as that of a tracked frame; return the rate in frames/s."""
        with self._lock:
            self._processed_at.append(time.monotonic())
            return self._rate()

    def add(self, stage: str, seconds: float) -> None:
        """Add a duration to a stage."""
        with self._lock:
            self._stages.setdefault(stage, deque(maxlen=WINDOW)).append(seconds)

    @contextmanager
    def measure(self, stage: str) -> Iterator[None]:
        """Add the duration of the body of the with statement to a stage."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self.add(stage, time.perf_counter() - started)

    def snapshot(self) -> StatisticsSnapshot:
        """Return a consistent copy of all statistics."""
        with self._lock:
            samples = {stage: list(durations) for stage, durations in self._stages.items()}
            snapshot = StatisticsSnapshot(
                self._counters,
                {},
                self._rate(),
                self._time_jumps,
                self._detections_left_out,
                self._last_error,
                self._last_arrival,
            )
        # Percentiles are computed without the lock, so that the worker does not wait for it.
        return replace(snapshot, stages={name: _percentiles(s) for name, s in samples.items()})

    def _add_to(self, counter: str, number: int) -> None:
        value = getattr(self._counters, counter) + number
        self._counters = replace(self._counters, **{counter: value})

    def _rate(self) -> float:
        oldest = time.monotonic() - RATE_SECONDS
        times = self._processed_at
        while times and times[0] < oldest:
            times.popleft()
        if len(times) < 2:
            return 0.0
        return (len(times) - 1) / max(times[-1] - times[0], 1e-9)


def _percentiles(samples: list[float]) -> Percentiles:
    return Percentiles(len(samples), *np.percentile(samples, (50, 95, 99)).tolist())
