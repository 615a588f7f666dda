# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Limits of the diagnostics on a running node."""

from __future__ import annotations

import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from peers import NodeStarter, Peer
from rcl_interfaces.srv import SetParametersAtomically
from rclpy.parameter import Parameter
from vision_msgs.msg import Detection2DArray


def test_limits_set_the_level(peer: Peer, start: NodeStarter) -> None:
    start('nodes.detection_tracker_node', {'latency_error': 0.5, 'hardware_id': 'camera 17'})
    diagnostics = peer.subscribe(DiagnosticArray, '/diagnostics')
    sender = peer.advertise(Detection2DArray, 'detections')

    def send(age: float) -> None:
        """Publish an empty array that is some seconds old."""
        nanoseconds = peer.get_clock().now().nanoseconds - round(age * 1e9)
        message = Detection2DArray()
        message.header.stamp.sec, message.header.stamp.nanosec = divmod(nanoseconds, 10**9)
        sender.publish(message)

    def wait_for(level: bytes, words: str) -> None:
        status = peer.wait(
            lambda: (
                diagnostics
                and diagnostics[-1].status[0].level == level
                and words in diagnostics[-1].status[0].message
                and diagnostics[-1].status[0]
            ),
            f'{words!r} at level {level!r}',
        )
        assert status.hardware_id == 'camera 17'

    def set_limits(**limits: float) -> str:
        parameters = [Parameter(n, value=v).to_parameter_msg() for n, v in limits.items()]
        name = 'detection_tracker/set_parameters_atomically'
        return peer.call(SetParametersAtomically, name, parameters=parameters).result.reason

    wait_for(DiagnosticStatus.WARN, 'no input received on /detections yet')
    send(age=3.0)
    wait_for(DiagnosticStatus.ERROR, 'latency_error is 0.5 s')
    reason = set_limits(latency_warn=2.0)
    assert reason == 'latency_error must not be below latency_warn, got 0.5 and 2'
    assert set_limits(latency_warn=2.0, latency_error=0.0) == ''
    wait_for(DiagnosticStatus.WARN, 'latency_warn is 2 s')
    assert set_limits(latency_warn=0.0, rate_warn=5.0) == ''
    wait_for(DiagnosticStatus.WARN, '0.00 frames per second are processed; rate_warn is 5')
