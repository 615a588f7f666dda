# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Limits of rate, drops and latency: what the diagnostics warn of."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from fairmot_ros.ros.health.statistics import RATE_SECONDS, Counters, StatisticsSnapshot
from fairmot_ros.ros.parameters.diagnostics_settings import DiagnosticsSettings

WARN, ERROR = 'warn', 'error'  # endings of the names of the settings
DROP_SECONDS = 10.0  # period over which the share of dropped messages is measured


class LimitChecker:
    """Compares the statistics of one camera with the limits; called about once per second."""

    def __init__(self) -> None:
        """Start without measurements."""
        self._started = 0.0
        self._history: deque[tuple[float, Counters]] = deque()

    def check(
        self, statistics: StatisticsSnapshot, limits: DiagnosticsSettings, now: float
    ) -> tuple[list[str], list[str]]:
        """Return a sentence for each limit that is exceeded: warnings and errors.

        The rate is not judged in the first `RATE_SECONDS`, nor after a pause between two calls.

        Args:
            statistics: of the camera.
            limits: settings.
            now: on a steady clock, seconds.
        """
        if not self._history or now - self._history[-1][0] > RATE_SECONDS:
            self._started = now
            self._history.clear()
        while len(self._history) > 1 and now - self._history[1][0] >= DROP_SECONDS:
            self._history.popleft()
        self._history.append((now, statistics.counters))
        found = list(self._exceeded(statistics, limits, now))
        return [t for level, t in found if level == WARN], [
            t for level, t in found if level == ERROR
        ]

    def _exceeded(
        self, statistics: StatisticsSnapshot, limits: DiagnosticsSettings, now: float
    ) -> Iterator[tuple[str, str]]:
        """Yield level and sentence for each exceeded limit."""
        rate, share = statistics.rate, self._dropped_share()
        if now - self._started >= RATE_SECONDS:
            # A rate is too low where its negative is too high.
            if level := _level(-rate, -limits.rate_warn, -limits.rate_error):
                limit = getattr(limits, f'rate_{level}')
                yield (
                    level,
                    f'{rate:.2f} frames per second are processed; rate_{level} is {limit:g}',
                )
        if level := _level(share, limits.drops_warn, limits.drops_error):
            limit = getattr(limits, f'drops_{level}')
            yield (
                level,
                f'{share:.2f} of the messages were replaced by newer ones or not received; '
                f'drops_{level} is {limit:g}',
            )
        if latency := statistics.stages.get('latency'):
            if level := _level(latency.p95, limits.latency_warn, limits.latency_error):
                limit = getattr(limits, f'latency_{level}')
                yield level, f'the latency is {latency.p95:.3f} s; latency_{level} is {limit:g} s'

    def _dropped_share(self) -> float:
        """Return the share of published messages in the period that were dropped or missed."""
        first, last = self._history[0][1], self._history[-1][1]
        missed = last.missed - first.missed
        published = last.received - first.received + missed
        return (last.dropped - first.dropped + missed) / published if published > 0 else 0.0


def _level(value: float, warn: float, error: float) -> str:
    """Return the level of a value, '' within the limits; a limit of 0 is none."""
    if error and value > error:
        return ERROR
    return WARN if warn and value > warn else ''
