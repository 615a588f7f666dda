# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The node's bond, with the peer as the lifecycle manager's end."""

from __future__ import annotations

import time
from typing import Any

import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
pytest.importorskip('bond.msg', reason='needs the package bond')
from bond.msg import Status
from lifecycle_msgs.msg import Transition
from lifecycle_msgs.srv import ChangeState
from peers import NodeStarter, Peer

NODE = 'detection_tracker'


class Manager:
    """The manager's end: answers heartbeats while `alive`."""

    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self.heard: list[Status] = []
        self.times: list[float] = []
        self.alive = False
        self._publisher = peer.create_publisher(Status, 'bond', 10)
        peer.create_subscription(Status, 'bond', self._on_status, 100)
        peer.create_timer(0.1, self._on_timer)

    def _on_status(self, status: Status) -> None:
        if status.instance_id not in ('manager', 'stranger'):
            self.heard.append(status)
            self.times.append(time.monotonic())

    def _on_timer(self) -> None:
        # The end of another node's bond, which must not matter.
        self._publisher.publish(Status(id='amcl', instance_id='stranger', active=False))
        if self.alive:
            self.send(active=True)

    def send(self, *, active: bool) -> None:
        self._publisher.publish(
            Status(id=NODE, instance_id='manager', active=active, heartbeat_timeout=4.0)
        )

    def change(self, transition: int) -> None:
        request = Transition(id=transition)
        response = self.peer.call(ChangeState, f'{NODE}/change_state', transition=request)
        assert response.success

    def wait(self, condition: Any, what: str) -> Status:
        start = len(self.heard)
        return self.peer.wait(
            lambda: next((s for s in self.heard[start:] if condition(s)), None), what
        )


def test_bond_is_formed_on_activation_and_broken_on_deactivation(
    peer: Peer, start: NodeStarter
) -> None:
    node = start('nodes.detection_tracker_node', {'autostart': False, 'bond': True})
    manager = Manager(peer)
    manager.change(Transition.TRANSITION_CONFIGURE)
    assert not manager.heard
    manager.change(Transition.TRANSITION_ACTIVATE)
    first = manager.wait(lambda s: s.active, 'a heartbeat')
    assert first.id == NODE and first.instance_id
    assert first.heartbeat_period == pytest.approx(0.1)
    assert first.heartbeat_timeout == pytest.approx(4.0)
    peer.wait(lambda: len(manager.heard) > 10, 'heartbeats')
    manager.alive = True
    peer.wait(lambda: 'is formed' in node.last_lines(20), 'the bond')

    manager.change(Transition.TRANSITION_DEACTIVATE)
    peer.wait(lambda: not manager.heard[-1].active, 'the end of the bond')
    assert manager.heard[-1].instance_id == first.instance_id
    manager.change(Transition.TRANSITION_ACTIVATE)
    second = manager.wait(lambda s: s.active, 'a heartbeat of a new bond')
    assert second.instance_id != first.instance_id

    # The manager ends the bond: the node acknowledges once and stays active.
    peer.wait(lambda: node.last_lines(20).count('is formed') == 2, 'the second bond')
    manager.alive = False
    manager.send(active=False)
    manager.wait(lambda s: not s.active, 'the acknowledgement')
    peer.wait(lambda: 'has ended the bond' in node.last_lines(20), 'a word in the log')
    manager.change(Transition.TRANSITION_DEACTIVATE)


def test_silent_manager_breaks_the_bond(peer: Peer, start: NodeStarter) -> None:
    node = start('nodes.detection_tracker_node', {'bond': True})
    manager = Manager(peer)
    manager.wait(lambda s: s.active, 'a heartbeat')
    manager.alive = True
    peer.wait(lambda: 'is formed' in node.last_lines(20), 'the bond')
    manager.alive = False
    silent = time.monotonic()
    manager.wait(lambda s: not s.active, 'the end of the bond')
    assert time.monotonic() - silent > 3.5
    assert 'no heartbeat of the lifecycle manager for 4 s' in node.last_lines(20)


def test_there_is_no_bond_by_default(peer: Peer, start: NodeStarter) -> None:
    start('nodes.detection_tracker_node')
    peer.wait(lambda: peer.count_publishers('detection_tracker/tracks') > 0, 'the node')
    assert peer.count_publishers('bond') == 0
