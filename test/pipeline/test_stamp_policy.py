# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Stamp policy: decisions on irregular stamps, and the time of the tracker."""

import pytest

from fairmot_ros.pipeline import StampDecision, StampPolicy, StampSettings

TRACK, SKIP, RESET = StampDecision.TRACK, StampDecision.SKIP, StampDecision.RESET


@pytest.mark.parametrize(
    ('on_jump', 'stamps', 'decisions'),
    [
        ('reset', [1.0, 1.1, 1.5], [TRACK, TRACK, TRACK]),
        ('reset', [1.0, 1.0, 1.1], [TRACK, SKIP, TRACK]),
        ('reset', [9.0, 1.0, 1.1], [TRACK, RESET, TRACK]),
        ('reset', [1.0, 99.0, 99.1], [TRACK, RESET, TRACK]),
        pytest.param('reset', [9.0, 8.9, 9.1], [TRACK, SKIP, TRACK], id='one out of order'),
        pytest.param('reset', [9.0, 8.9, 8.9, 9.1], [TRACK, SKIP, SKIP, TRACK], id='repeated'),
        pytest.param('reset', [9.0, 8.6, 8.7, 8.8], [TRACK, SKIP, RESET, TRACK], id='short loop'),
        ('continue', [9.0, 1.0, 1.1, 9.1], [TRACK, TRACK, TRACK, TRACK]),
        ('continue', [1.0, 99.0, 99.1], [TRACK, TRACK, TRACK]),
    ],
)
def test_decisions(on_jump: str, stamps: list[float], decisions: list[StampDecision]) -> None:
    policy = StampPolicy(StampSettings(on_jump, 5.0 if stamps[-1] != 9.1 else 50.0))
    times = []
    for stamp, expected in zip(stamps, decisions):
        decision = policy.decide(stamp)
        assert decision is expected, stamp
        if decision is RESET:
            times = []
        if decision is not SKIP:
            times.append(policy.tracker_time(stamp))
    assert times == sorted(set(times)), "the tracker's time must increase"
    assert policy.skipped == decisions.count(SKIP)


def test_continue_advances_little_when_time_goes_back() -> None:
    policy = StampPolicy(StampSettings('continue'))
    times = []
    for stamp in (100.0, 100.1, 50.0, 50.1):
        assert policy.decide(stamp) is TRACK
        times.append(policy.tracker_time(stamp))
    assert times[1] < times[2] < times[1] + 0.1
    assert times[3] - times[2] == pytest.approx(0.1)
    assert policy.jumps == 1


def test_any_stamp_is_accepted_after_reset() -> None:
    policy = StampPolicy()
    policy.decide(100.0)
    policy.reset()
    assert policy.decide(1.0) is TRACK
    assert policy.jumps == 0
