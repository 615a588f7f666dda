"""Simulated time, its jumps, and ids that are never given twice."""

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


def test_a_simulated_clock_that_goes_back_drops_the_tracks(
    peer: Peer, start: NodeStarter, pictures: list[np.ndarray]
) -> None:
    node = start('nodes.fairmot_node', {'use_sim_time': True})
    results = peer.listen(Detection2DArray, 'fairmot/detections')
    timing = peer.listen(Timing, 'fairmot/timing')
    diagnostics = peer.listen(DiagnosticArray, '/diagnostics')
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
    first = ids(camera.show(pictures[0]))
    assert ids(camera.show(pictures[0])) == first
    set_clock(100)  # the bag starts over, before its first image has come
    camera.time = 500.3  # no jump for the stamps: the clock alone tells
    again = ids(camera.show(pictures[0]))
    assert min(again) > max(first)
    assert 'the clock jumped' in node.last_lines(50)
    set_clock(9000)  # and the bag was wound on
    camera.time = 9000.0
    assert min(ids(camera.show(pictures[0]))) > max(again)


def test_continue_keeps_the_tracks_through_a_loop(
    peer: Peer, start: NodeStarter, pictures: list[np.ndarray]
) -> None:
    start('nodes.fairmot_node', {'on_time_jump': 'continue'})
    camera = Camera(peer, peer.listen(Detection2DArray, 'fairmot/detections'))
    first = ids(camera.show(pictures[0]))
    camera.time -= 300.0
    assert ids(camera.show(pictures[0])) == first


def test_ids_are_not_given_again_after_a_cleanup(
    peer: Peer, start: NodeStarter, pictures: list[np.ndarray]
) -> None:
    start('nodes.fairmot_node')
    highest = 0
    for _ in range(2):
        results = peer.listen(Detection2DArray, 'fairmot/detections')
        found = ids(Camera(peer, results).show(pictures[0]))
        assert min(found) > highest
        highest = max(found)
        for step in ('DEACTIVATE', 'CLEANUP', 'CONFIGURE', 'ACTIVATE'):
            request = Transition(id=getattr(Transition, f'TRANSITION_{step}'))
            assert peer.call(ChangeState, 'fairmot/change_state', transition=request).success
