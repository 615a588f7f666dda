"""Counters and recent durations of one camera, shared by the threads of a node."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

WINDOW = 300  # samples of a stage: ten seconds at 30 Hz
RATE_SECONDS = 5.0  # over which the rate is measured


@dataclass(frozen=True)
class Counters:
    """What happened to the messages of a camera; each received one is counted in one other field.

    Attributes:
        received: messages that arrived while the node was enabled.
        processed: frames tracked and published.
        dropped: replaced by a newer message before their turn.
        stale: older than `max_input_age` at their turn.
        skipped: left out for their stamp.
        failed: unusable, or an error occurred.
        missed: sent by the camera and never received; not among `received`.
    """

    received: int = 0
    processed: int = 0
    dropped: int = 0
    stale: int = 0
    skipped: int = 0
    failed: int = 0
    missed: int = 0


class Percentiles(NamedTuple):
    """Durations of one stage in seconds, over the last samples."""

    samples: int
    p50: float
    p95: float
    p99: float


@dataclass(frozen=True)
class StatisticsSnapshot:
    """The statistics at one moment.

    Attributes:
        counters: since the node was configured.
        stages: durations by stage, in the order in which the stages first ran.
        rate: processed frames per second.
        time_jumps: jumps of the stamps.
        detections_left_out: detections above `max_detections`, over all frames.
        last_error: why the last frame failed or was not published in all forms, '' otherwise.
        last_arrival: of a message, on the steady clock; None before the first.
    """

    counters: Counters = Counters()
    stages: Mapping[str, Percentiles] = field(default_factory=dict)
    rate: float = 0.0
    time_jumps: int = 0
    detections_left_out: int = 0
    last_error: str = ''
    last_arrival: float | None = None


class Statistics:
    """Collects statistics; every method may be called from any thread."""

    def __init__(self) -> None:
        """Start at zero."""
        self._lock = threading.Lock()
        self._counters = Counters()
        self._stages: dict[str, deque[float]] = {}
        self._processed_at: deque[float] = deque()
        self._time_jumps = 0
        self._detections_left_out = 0
        self._last_error = ''
        self._last_arrival: float | None = None

    def count(self, counter: str, number: int = 1) -> None:
        """Add to a field of `Counters`."""
        with self._lock:
            self._add_to(counter, number)

    def note_arrival(self, when: float) -> None:
        """Count a received message; `when` is on the steady clock."""
        with self._lock:
            self._add_to('received', 1)
            self._last_arrival = when

    def note_jumps(self, number: int) -> None:
        """Set the number of jumps in time."""
        with self._lock:
            self._time_jumps = number

    def note_left_out(self, number: int) -> None:
        """Add to the detections that were left out."""
        with self._lock:
            self._detections_left_out += number

    def note_failure(self, error: str) -> int:
        """Count a frame that failed; return the number of messages received so far."""
        with self._lock:
            self._add_to('failed', 1)
            self._last_error = error
            return self._counters.received

    def note_success(self, error: str = '') -> None:
        """Count a processed frame; `error` says which outputs could not be published."""
        with self._lock:
            self._add_to('processed', 1)
            self._last_error = error

    def tick(self) -> float:
        """Note that a frame is tracked now; return the rate in frames per second."""
        with self._lock:
            self._processed_at.append(time.monotonic())
            return self._rate()

    def add(self, stage: str, seconds: float) -> None:
        """Add a duration of a stage."""
        with self._lock:
            self._stages.setdefault(stage, deque(maxlen=WINDOW)).append(seconds)

    @contextmanager
    def measure(self, stage: str) -> Iterator[None]:
        """Add the duration of the body of a with statement."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self.add(stage, time.perf_counter() - started)

    def snapshot(self) -> StatisticsSnapshot:
        """Return a consistent copy."""
        with self._lock:
            samples = {stage: list(durations) for stage, durations in self._stages.items()}
            copied = StatisticsSnapshot(
                self._counters,
                {},
                self._rate(),
                self._time_jumps,
                self._detections_left_out,
                self._last_error,
                self._last_arrival,
            )
        # Computed without the lock, so that the worker never waits for it.
        return replace(copied, stages={name: _percentiles(s) for name, s in samples.items()})

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
