# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""A simulated clock that stops, jumps and starts over."""

from __future__ import annotations

import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
from detection_messages import STATUS, TRACKER, make_detections
from peers import NodeStarter, Peer
from rosgraph_msgs.msg import Clock
from statuses import OK, WARN, Statuses, logged
from vision_msgs.msg import Detection2DArray

from fairmot_ros.msg import Timing


class Simulation:
    """Publishes a clock and detections, which move the node's work on by one step."""

    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self.results = peer.subscribe(Detection2DArray, 'detection_tracker/detections')
        self.timing = peer.subscribe(Timing, 'detection_tracker/timing')
        self._clock = peer.create_publisher(Clock, '/clock', 10)
        peer.wait(self._clock.get_subscription_count, 'a subscriber of /clock')
        self._detections = peer.advertise(Detection2DArray, 'detections')
        self.clock = self.stamp = 500.0

    def step(self, *, clock: bool = True) -> str:
        """Advance by 0.1 s, `clock` included; return the id of the person in the result."""
        self.stamp += 0.1
        if clock:
            self.clock += 0.1
            self.set_clock(self.clock)
        message = make_detections(self.stamp)
        self._detections.publish(message)
        return (
            self.peer.wait(
                lambda: next((r for r in self.results if r.header == message.header), None),
                'the tracks',
            )
            .detections[0]
            .id
        )

    def jump(self, seconds: float) -> None:
        """Set the clock, and wait until the node has it; the stamps continue from there."""
        self.stamp = seconds

        def arrived() -> bool:
            self.set_clock(seconds)
            return bool(self.timing) and self.timing[-1].header.stamp.sec == int(seconds)

        self.peer.wait(arrived, f'the node to read {seconds} s on its clock')

    def set_clock(self, seconds: float) -> None:
        self.clock = seconds
        message = Clock()
        message.clock.sec, message.clock.nanosec = int(seconds), round(seconds % 1 * 1e9)
        self._clock.publish(message)


@pytest.mark.long
def test_clock_that_stands_still_is_reported_until_it_runs(peer: Peer, start: NodeStarter) -> None:
    statuses = Statuses(peer, STATUS)
    node = start(TRACKER, {'use_sim_time': True})
    simulation = Simulation(peer)
    first = simulation.step()
    words = 'the time on /clock stands at 500.1 s while messages arrive'

    def stands() -> bool:
        assert simulation.step(clock=False) == first, 'the frames are tracked all the same'
        return words in statuses.newest().message

    peer.wait(stands, 'the warning')
    assert statuses.newest().level == WARN
    assert logged(node, words) == 1

    def runs() -> bool:
        simulation.step()
        return statuses.newest().level == OK

    peer.wait(runs, 'the warning to end')


@pytest.mark.long
def test_clock_that_starts_over_or_jumps_ahead(peer: Peer, start: NodeStarter) -> None:
    statuses = Statuses(peer, STATUS)
    node = start(TRACKER, {'use_sim_time': True})
    simulation = Simulation(peer)
    ids = [int(simulation.step()) for _ in range(3)]
    for jump in (9000.0, 100.0, 1.0):  # ahead, back, and as after a reset of the simulation
        simulation.jump(jump)
        ids += [int(simulation.step()) for _ in range(3)]
    assert ids == sorted(ids), 'no id is assigned again'
    assert len(set(ids)) == 4
    assert (
        logged(node, 'the clock jumped: dropping all tracks')
        + logged(node, 's: dropping all tracks')
        >= 3
    )
    statuses.wait('tracking', OK)
