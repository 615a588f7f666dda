# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Detection of a simulated clock that is not published, or that stands still."""

from __future__ import annotations

from rclpy.clock import Clock

#: Seconds without a clock, after the start, and seconds for which messages arrive while the clock
#: stands. A clock that is paused together with its bag or simulation is no problem: no messages
#: arrive.
STANDSTILL = 3.0


class ClockWatch:
    """Watches the clock of a node; call `update` about once per second."""

    def __init__(self) -> None:
        """Start without a time."""
        self._time = -1  # nanoseconds; negative without a simulated clock
        self._since = self._updated = 0.0

    def update(self, clock: Clock, now: float) -> None:
        """Note the time of the clock; `now` is the time on the steady clock, seconds."""
        self._updated = now
        time = clock.now().nanoseconds if clock.ros_time_is_active else -1
        if time < 0 or time != self._time:
            self._since = now
        self._time = time

    def warning(self, last_arrival: float | None) -> str:
        """Return what is wrong with the clock, '' if nothing is.

        Args:
            last_arrival: time of the last message on the steady clock, seconds; None before it.
        """
        if self._time == 0 and self._updated - self._since >= STANDSTILL:
            return (
                'use_sim_time is set, but no message arrived on /clock: play the bag with --clock'
            )
        if self._time > 0 and last_arrival is not None and last_arrival - self._since > STANDSTILL:
            return (
                f'the time on /clock stands at {self._time * 1e-9:.1f} s while messages arrive: '
                'resume what publishes /clock, or disable use_sim_time'
            )
        return ''
