# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Limits of the diagnostics: rate, drops and latency."""

from __future__ import annotations

import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
from diagnostic_msgs.msg import DiagnosticStatus

from fairmot_ros.ros.health.diagnostics import active_status, idle_status
from fairmot_ros.ros.health.limits import DROP_SECONDS, LimitChecker
from fairmot_ros.ros.health.statistics import (
    RATE_SECONDS,
    Counters,
    Percentiles,
    StatisticsSnapshot,
)
from fairmot_ros.ros.parameters.diagnostics_settings import DiagnosticsSettings

Found = tuple[list[str], list[str]]


def check(
    checker: LimitChecker, now: float, limits: DiagnosticsSettings, **values: float
) -> Found:
    latency = values.pop('latency', None)
    rate = values.pop('rate', 10.0)
    stages = {} if latency is None else {'latency': Percentiles(9, 0.0, latency, 2 * latency)}
    counters = Counters(**{name: int(value) for name, value in values.items()})
    return checker.check(StatisticsSnapshot(counters, stages, rate), limits, now)


def check_for(seconds: int, limits: DiagnosticsSettings, **values: float) -> Found:
    """Return what is found after some seconds with the same values."""
    checker = LimitChecker()
    for now in range(seconds + 1):
        found = check(checker, 50.0 + now, limits, **values)
    return found


def test_nothing_is_judged_by_default() -> None:
    assert check_for(20, DiagnosticsSettings(), rate=0.0, latency=3000.0) == ([], [])


@pytest.mark.parametrize(
    ('rate', 'warnings', 'errors'),
    [
        (8.0, [], []),
        (7.9, ['7.90 frames per second are processed; rate_warn is 8'], []),
        (4.0, ['4.00 frames per second are processed; rate_warn is 8'], []),
        (3.0, [], ['3.00 frames per second are processed; rate_error is 4']),
        (0.0, [], ['0.00 frames per second are processed; rate_error is 4']),
    ],
)
def test_low_rate(rate: float, warnings: list[str], errors: list[str]) -> None:
    limits = DiagnosticsSettings(rate_warn=8.0, rate_error=4.0)
    assert check_for(int(RATE_SECONDS), limits, rate=rate) == (warnings, errors)


def test_rate_is_not_judged_at_the_start_and_after_a_pause() -> None:
    limits, checker = DiagnosticsSettings(rate_error=5.0), LimitChecker()
    found = [bool(check(checker, float(now), limits, rate=0.0)[1]) for now in range(7)]
    assert found == [False] * 5 + [True] * 2
    paused = 7 + 2 * RATE_SECONDS
    assert check(checker, paused, limits, rate=0.0) == ([], [])


def test_drops_are_those_of_the_last_seconds() -> None:
    limits, checker = DiagnosticsSettings(drops_warn=0.25, drops_error=0.75), LimitChecker()

    def found(now: float, **values: float) -> Found:
        return check(checker, now, limits, **values)

    assert found(0.0, received=1000, dropped=1000) == ([], []), 'no message since the start'
    assert found(2.0, received=1040, dropped=1010) == ([], []), 'just at the limit'
    text = '{} of the messages were replaced by newer ones or not received; drops_{} is {}'
    # 40 + 20 were received and 20 more were not, of which 30 + 20 are lost.
    assert found(4.0, received=1060, dropped=1010, missed=20) == (
        [text.format('0.38', 'warn', '0.25')],
        [],
    )
    assert found(5.0, received=1160, dropped=1110, missed=20)[1] == []
    assert found(6.0, received=1460, dropped=1410, missed=20) == (
        [],
        [text.format('0.90', 'error', '0.75')],
    )
    for second in range(1, int(DROP_SECONDS)):
        found(6.0 + second, received=1460 + 10 * second, dropped=1410, missed=20)
    end = 6.0 + DROP_SECONDS
    assert found(end, received=1560, dropped=1410, missed=20) == ([], []), 'the loss is over'


@pytest.mark.parametrize(
    ('latency', 'levels'),
    [(None, (0, 0)), (0.2, (0, 0)), (0.21, (1, 0)), (0.51, (0, 1))],
)
def test_high_latency(latency: float | None, levels: tuple[int, int]) -> None:
    limits = DiagnosticsSettings(latency_warn=0.2, latency_error=0.5)
    values = {} if latency is None else {'latency': latency}
    found = check_for(0, limits, **values)
    assert tuple(map(len, found)) == levels
    if latency == 0.51:
        assert found[1] == ['the latency is 0.510 s; latency_error is 0.5 s']


@pytest.mark.parametrize(
    ('values', 'words'),
    [
        ({'rate_warn': 5.0, 'rate_error': 6.0}, 'rate_error must not be above rate_warn, got 6'),
        ({'drops_warn': 0.5, 'drops_error': 0.4}, 'drops_error must not be below drops_warn'),
        ({'latency_warn': 2.0, 'latency_error': 1.0}, 'latency_error must not be below'),
        ({'drops_warn': 1.5}, 'drops_warn must be within 0..1'),
        ({'rate_warn': float('nan')}, 'rate_warn must be within'),
    ],
)
def test_limits_that_contradict_each_other_are_rejected(values: dict, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        DiagnosticsSettings(**values)


def test_one_limit_may_be_off() -> None:
    for name in ('rate', 'drops', 'latency'):
        for level in ('warn', 'error'):
            DiagnosticsSettings(**{f'{name}_{level}': 1.0})


def test_status_has_the_highest_level_and_the_hardware_id() -> None:
    statistics = StatisticsSnapshot(Counters(received=1), last_arrival=1.0)

    def status(*warnings: str, **more: object) -> DiagnosticStatus:
        return active_status('n', '', statistics, '/image', 'model', warnings, **more)

    assert (status().level, status().hardware_id) == (DiagnosticStatus.OK, 'model')
    found = status('slow', errors=['late', 'lossy'], hardware_id='camera 17')
    assert (found.level, found.message) == (DiagnosticStatus.ERROR, 'late; lossy; slow')
    assert found.hardware_id == 'camera 17'
    found = status('slow', 'old')
    assert (found.level, found.message) == (DiagnosticStatus.WARN, 'slow; old')
    assert idle_status('n', '', 'not active', hardware_id='camera 17').hardware_id == 'camera 17'
