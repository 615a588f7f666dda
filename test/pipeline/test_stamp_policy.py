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
        pytest.param('reset', [9.0, 8.5, 9.1], [TRACK, SKIP, TRACK], id='late by the limit'),
        pytest.param('reset', [9.0, 8.4375, 8.5], [TRACK, RESET, TRACK], id='late by more'),
        pytest.param('reset', [1.0, 6.0], [TRACK, TRACK], id='largest gap'),
        pytest.param('reset', [1.0, 6.25], [TRACK, RESET], id='larger gap'),
        pytest.param('reset', [9.0, 8.9, 9.0, 8.8], [TRACK, SKIP, SKIP, RESET], id='late, twice'),
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
    if on_jump == 'reset':
        assert policy.jumps == decisions.count(RESET)


def test_continue_advances_little_when_time_goes_back() -> None:
    policy = StampPolicy(StampSettings('continue'))
    times = []
    for stamp in (100.0, 100.1, 50.0, 50.1):
        assert policy.decide(stamp) is TRACK
        times.append(policy.tracker_time(stamp))
    assert times[2] - times[1] == pytest.approx(1 / 30)
    assert times[3] - times[2] == pytest.approx(0.1)
    assert policy.jumps == 1


def test_time_passes_as_it_is_in_a_gap() -> None:
    policy = StampPolicy(StampSettings('continue', max_gap=0.25))
    policy.decide(1.0)
    assert policy.decide(1.5) is TRACK
    assert (policy.jumps, policy.tracker_time(1.5)) == (1, 1.5)


def test_any_stamp_is_accepted_after_reset() -> None:
    policy = StampPolicy()
    policy.decide(100.0)
    policy.reset()
    assert policy.decide(1.0) is TRACK
    assert policy.jumps == 0


def test_reset_returns_to_the_time_of_the_stamps() -> None:
    policy = StampPolicy(StampSettings('continue'))
    for stamp in (100.0, 50.0):
        policy.decide(stamp)
    assert policy.tracker_time(50.0) == pytest.approx(100.0 + 1 / 30)
    policy.reset()
    policy.decide(50.0)
    assert policy.tracker_time(50.0) == 50.0


def test_drop_of_the_tracks_returns_to_the_time_of_the_stamps() -> None:
    policy = StampPolicy(StampSettings('continue'))
    for stamp in (100.0, 50.0):
        policy.decide(stamp)
    policy.settings = StampSettings('reset')
    assert policy.decide(20.0) is RESET
    assert policy.tracker_time(20.0) == 20.0
