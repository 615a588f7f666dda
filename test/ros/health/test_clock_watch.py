# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

from dataclasses import dataclass

import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
from rclpy.time import Time

from fairmot_ros.ros.health.clock_watch import STANDSTILL, ClockWatch

MISSING, STANDS = 'no message arrived on /clock', 'the time on /clock stands at 7.5 s'


@dataclass
class FakeClock:
    """Clock at a time of the test's choice."""

    seconds: float
    ros_time_is_active: bool = True

    def now(self) -> Time:
        return Time(nanoseconds=round(self.seconds * 1e9))


def warning(times: list[float], last_arrival: float | None, *, simulated: bool = True) -> str:
    """Return the warning after one time of the clock per second."""
    watch = ClockWatch()
    for second, time in enumerate(times):
        watch.update(FakeClock(time, simulated), float(second))  # type: ignore[arg-type]
    return watch.warning(last_arrival)


def test_clock_of_the_system_is_never_warned_of() -> None:
    assert ClockWatch().warning(100.0) == ''
    assert warning([0.0] * 10, 9.0, simulated=False) == ''
    assert warning([7.5] * 10, 9.0, simulated=False) == ''


def test_simulated_clock_without_a_message() -> None:
    assert warning([0.0, 0.0], None) == '', 'it may not have been discovered yet'
    assert MISSING in warning([0.0] * 4, None)
    assert MISSING in warning([0.0] * 4, 3.0)
    assert warning([*[0.0] * 4, 7.5], 4.0) == ''


def test_clock_that_stands_while_messages_arrive() -> None:
    assert STANDS in warning([7.5] * 10, STANDSTILL + 0.1)
    assert warning([7.5] * 10, STANDSTILL - 0.1) == '', 'not long enough'
    assert warning([7.5] * 10, None) == '', 'all is paused'
    assert warning([7.0, 7.5, 7.5, 7.5], STANDSTILL + 0.1) == '', 'it stands since second 1'


def test_warning_ends_when_the_clock_runs_or_is_set_back() -> None:
    for last in (7.6, 2.0):
        assert warning([*[7.5] * 10, last], 10.0) == ''


def test_change_to_the_clock_of_the_system_ends_the_standstill() -> None:
    watch = ClockWatch()
    for second in range(10):
        watch.update(FakeClock(7.5), float(second))  # type: ignore[arg-type]
    watch.update(FakeClock(7.5, ros_time_is_active=False), 10.0)  # type: ignore[arg-type]
    assert watch.warning(20.0 - STANDSTILL - 7.1) == ''
