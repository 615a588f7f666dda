# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

import numpy as np
import pytest

from fairmot_ros.identities import IdentityResolver, Observation, SourceFrame
from fairmot_ros.identities.clocks import SourceClock, SourceClocks


def test_delays_are_not_offsets() -> None:
    clock = SourceClock(tolerance=1.0)
    delays = np.random.default_rng(0).uniform(0.05, 0.8, 50)
    for number, delay in enumerate(delays):
        assert clock.align(number, number + delay) == number
        assert clock.warning('hall') is None


@pytest.mark.parametrize('offset', [5.0, -7.0], ids=['behind', 'ahead'])
def test_offsets_are_corrected_and_reported_once(offset: float) -> None:
    clocks = SourceClocks(tolerance=1.0)
    aligned = [clocks.align('hall', t - offset, t + 0.1) for t in np.arange(100.0, 110.0, 0.1)]
    np.testing.assert_allclose(aligned, np.arange(100.0, 110.0, 0.1) + 0.1, atol=1e-6)
    (warning,) = clocks.take_warnings()
    shown = -(offset + 0.1)
    assert warning.startswith(f'the clock of hall differs by {shown:+.1f} s from the own clock')
    assert clocks.take_warnings() == []


def test_a_clock_that_is_set_right_is_reported() -> None:
    clocks = SourceClocks(tolerance=1.0)
    for t in np.arange(0.0, 10.0, 0.5):
        clocks.align('hall', t - 5.0, t)
    assert len(clocks.take_warnings()) == 1
    assert clocks.align('hall', 10.0, 10.0) == 10.0
    assert clocks.take_warnings() == ['the clock of hall agrees with the own clock again']


def test_a_delayed_message_does_not_move_the_offset() -> None:
    clock = SourceClock(tolerance=1.0)
    for t in np.arange(0.0, 10.0, 0.5):
        clock.align(t, t + 0.1)
    assert clock.align(10.0, 14.0) == 10.0
    assert clock.warning('hall') is None


def test_the_own_clock_may_go_back() -> None:
    clock = SourceClock(tolerance=1.0)
    clock.align(100.0, 100.0)
    assert clock.align(5.0, 5.0) == 5.0


def see(resolver: IdentityResolver, source: str, stamp: float, received: float, y: float) -> int:
    look = np.eye(1, 16)[0]
    seen = Observation(1, [0, 0, 50, 100], look, [0.0, y], 0.01 * np.eye(2))
    frame = SourceFrame(source, stamp, 'net:1', (seen,))
    return resolver.update(frame, received)[0].global_id


def test_sources_with_clocks_apart_see_one_walking_person() -> None:
    resolver = IdentityResolver()
    for t in np.arange(0.0, 5.0, 0.1):
        one = see(resolver, 'hall', t, t + 0.05, y=1.5 * t)
        other = see(resolver, 'door', t - 4.0, t + 0.05, y=1.5 * t)  # six metres behind
    assert one == other > 0
    assert len(resolver.take_warnings()) == 1


@pytest.mark.parametrize('seed', range(3))
def test_late_and_reordered_messages_lead_to_the_same_identities(seed: int) -> None:
    rng = np.random.default_rng(seed)
    messages = [
        (t + 0.05 + rng.exponential(0.2), source, t)
        for t in np.arange(0.0, 8.0, 0.1)
        for source in ('hall', 'door')
    ]
    resolver = IdentityResolver()
    found: dict[str, int] = {}
    for received, source, t in sorted(messages):
        found[source] = see(resolver, source, t, received, y=1.2 * t)
    assert found['hall'] == found['door'] > 0
    assert len(resolver.identities()) == 1
