# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Simulated time, clock jumps, and ids that are never reused."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
from diagnostic_msgs.msg import DiagnosticArray
from lifecycle_msgs.msg import Transition
from lifecycle_msgs.srv import ChangeState
from peers import Camera, NodeStarter, Peer
from rosgraph_msgs.msg import Clock
from vision_msgs.msg import Detection2DArray

from fairmot_ros.msg import Timing


def ids(message: Detection2DArray) -> set[int]:
    return {int(d.id) for d in message.detections}


def test_tracks_are_dropped_when_the_simulated_clock_goes_back(
    peer: Peer, start: NodeStarter, images: list[np.ndarray]
) -> None:
    node = start('nodes.fairmot_node', {'use_sim_time': True})
    results = peer.subscribe(Detection2DArray, 'fairmot/detections')
    timing = peer.subscribe(Timing, 'fairmot/timing')
    diagnostics = peer.subscribe(DiagnosticArray, '/diagnostics')
    clock = peer.create_publisher(Clock, '/clock', 10)
    peer.wait(clock.get_subscription_count, 'a subscriber of /clock')
    peer.wait(
        lambda: (
            diagnostics and 'no message arrived on /clock' in diagnostics[-1].status[0].message
        ),
        'the warning about the missing clock',
    )

    def set_clock(seconds: int) -> None:
        message = Clock()
        message.clock.sec = seconds

        def arrived() -> bool:
            clock.publish(message)
            return bool(timing) and timing[-1].header.stamp.sec == seconds

        peer.wait(arrived, f'the node to read {seconds} s on its clock')

    set_clock(500)
    camera = Camera(peer, results)
    camera.time = 500.0
    first = ids(camera.send(images[0]))
    assert ids(camera.send(images[0])) == first
    set_clock(100)  # the bag restarts, and its first image has not arrived yet
    camera.time = 500.3  # no jump of the stamps, only of the clock
    again = ids(camera.send(images[0]))
    assert min(again) > max(first)
    assert 'the clock jumped' in node.last_lines(50)
    set_clock(9000)  # a jump forward
    camera.time = 9000.0
    assert min(ids(camera.send(images[0]))) > max(again)


def test_tracks_are_kept_with_on_time_jump_continue(
    peer: Peer, start: NodeStarter, images: list[np.ndarray]
) -> None:
    start('nodes.fairmot_node', {'on_time_jump': 'continue'})
    camera = Camera(peer, peer.subscribe(Detection2DArray, 'fairmot/detections'))
    first = ids(camera.send(images[0]))
    camera.time -= 300.0
    assert ids(camera.send(images[0])) == first


def test_ids_are_not_reused_after_a_cleanup(
    peer: Peer, start: NodeStarter, images: list[np.ndarray]
) -> None:
    start('nodes.fairmot_node')
    highest = 0
    for _ in range(2):
        results = peer.subscribe(Detection2DArray, 'fairmot/detections')
        found = ids(Camera(peer, results).send(images[0]))
        assert min(found) > highest
        highest = max(found)
        for step in ('DEACTIVATE', 'CLEANUP', 'CONFIGURE', 'ACTIVATE'):
            request = Transition(id=getattr(Transition, f'TRANSITION_{step}'))
            assert peer.call(ChangeState, 'fairmot/change_state', transition=request).success
