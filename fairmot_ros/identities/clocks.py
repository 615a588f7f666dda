# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Differences between the clocks of the sources and the own clock."""

from __future__ import annotations

from collections import deque

WINDOW = 30.0  # seconds of own time over which the smallest delay is taken


class SourceClock:
    """Clock offset of one source: the smallest time of reception minus stamp within `WINDOW`.

    Delays are positive and vary, offsets are constant: the smallest difference is the offset and
    the shortest delay.
    """

    def __init__(self, tolerance: float) -> None:
        """Create a clock that has received no message.

        Args:
            tolerance: seconds up to which a difference counts as delay.
        """
        self._tolerance = tolerance
        self._minima: deque[tuple[float, float]] = deque()  # rising times, rising differences
        self._reported: float | None = None

    @property
    def offset(self) -> float:
        """Seconds to add to stamps; 0 while the difference is within the tolerance."""
        seen = self._minima[0][1] if self._minima else 0.0
        return seen if abs(seen) > self._tolerance else 0.0

    def align(self, stamp: float, received: float) -> float:
        """Return a stamp in own time; if the own clock steps back, the estimate starts again."""
        if self._minima and received < self._minima[-1][0]:
            self._minima.clear()
        difference = received - stamp
        while self._minima and self._minima[-1][1] >= difference:
            self._minima.pop()
        self._minima.append((received, difference))
        while received - self._minima[0][0] > WINDOW:
            self._minima.popleft()
        return stamp + self.offset

    def warning(self, source: str) -> str | None:
        """Return a sentence when the offset has become, or changed by, more than the tolerance."""
        offset = self.offset
        reported = self._reported or 0.0
        if abs(offset - reported) <= self._tolerance:
            return None
        self._reported = offset
        if not offset:
            return f'the clock of {source} agrees with the own clock again'
        return (
            f'the clock of {source} differs by {-offset:+.1f} s from the own clock: its stamps '
            'are corrected; synchronise the clocks with chrony or PTP'
        )


class SourceClocks:
    """The clocks of all sources."""

    def __init__(self, tolerance: float) -> None:
        """Start without sources; see `SourceClock`."""
        self._tolerance = tolerance
        self._clocks: dict[str, SourceClock] = {}
        self._warnings: list[str] = []

    def align(self, source: str, stamp: float, received: float | None) -> float:
        """Return a stamp by the own clock; the stamp itself if `received` is None."""
        if received is None:
            return stamp
        clock = self._clocks.setdefault(source, SourceClock(self._tolerance))
        aligned = clock.align(stamp, received)
        warning = clock.warning(source)
        if warning:
            self._warnings.append(warning)
        return aligned

    def take_warnings(self) -> list[str]:
        """Return the warnings since the last call, oldest first."""
        warnings, self._warnings = self._warnings, []
        return warnings
