# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Lifecycle transitions, parameter changes and signals sent by other processes."""

from __future__ import annotations

import signal
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
from lifecycle_msgs.msg import State, Transition
from lifecycle_msgs.srv import ChangeState, GetState
from peers import Camera, NodeStarter, Peer
from rcl_interfaces.msg import Parameter, ParameterType, ParameterValue
from rcl_interfaces.srv import DescribeParameters, SetParametersAtomically
from vision_msgs.msg import Detection2DArray

from fairmot_ros.ros.tools.node_processes import NodeProcess


def state_of(peer: Peer) -> int:
    return peer.call(GetState, 'fairmot/get_state').current_state.id


def change(peer: Peer, transition: int) -> bool:
    request = Transition(id=transition)
    return peer.call(ChangeState, 'fairmot/change_state', transition=request).success


def number(name: str, value: float) -> Parameter:
    kind = ParameterType.PARAMETER_DOUBLE
    return Parameter(name=name, value=ParameterValue(type=kind, double_value=value))


def text(name: str, value: str) -> Parameter:
    kind = ParameterType.PARAMETER_STRING
    return Parameter(name=name, value=ParameterValue(type=kind, string_value=value))


@pytest.mark.parametrize('number_', [signal.SIGINT, signal.SIGTERM])
def test_signal_ends_the_node_with_exit_code_0(
    peer: Peer, start: NodeStarter, number_: signal.Signals
) -> None:
    node = start('nodes.fairmot_node')
    peer.wait(lambda: peer.count_subscribers('image') > 0, 'the node to subscribe')
    node.process.send_signal(number_)
    assert node.process.wait(60) == 0
    assert 'Traceback' not in node.last_lines(100)


def test_lifecycle_transitions(peer: Peer, start: NodeStarter, images: list[np.ndarray]) -> None:
    node = start('nodes.fairmot_node', {'autostart': False})
    assert state_of(peer) == State.PRIMARY_STATE_UNCONFIGURED
    assert not change(peer, Transition.TRANSITION_ACTIVATE), 'not configured yet'
    assert state_of(peer) == State.PRIMARY_STATE_UNCONFIGURED
    for _ in range(2):
        assert change(peer, Transition.TRANSITION_CONFIGURE)
        assert state_of(peer) == State.PRIMARY_STATE_INACTIVE
        peer.wait(lambda: peer.count_subscribers('image') == 0, 'an inactive node to unsubscribe')
        assert change(peer, Transition.TRANSITION_ACTIVATE)
        results = peer.subscribe(Detection2DArray, 'fairmot/detections')
        assert Camera(peer, results).send(images[0]).detections
        assert not change(peer, Transition.TRANSITION_CONFIGURE), 'already active'
        assert change(peer, Transition.TRANSITION_DEACTIVATE)
        assert change(peer, Transition.TRANSITION_CLEANUP)
        assert state_of(peer) == State.PRIMARY_STATE_UNCONFIGURED
    assert change(peer, Transition.TRANSITION_UNCONFIGURED_SHUTDOWN)
    assert state_of(peer) == State.PRIMARY_STATE_FINALIZED
    assert not change(peer, Transition.TRANSITION_CONFIGURE), 'already finalized'
    assert node.process.poll() is None
    assert node.stop() == 0


def test_parameter_changes_are_accepted_or_rejected_as_a_whole(
    peer: Peer, tracker: NodeProcess
) -> None:
    def set_all(*parameters: Parameter) -> tuple[bool, str]:
        result = peer.call(
            SetParametersAtomically,
            'fairmot/set_parameters_atomically',
            parameters=list(parameters),
        ).result
        return result.successful, result.reason

    assert set_all(number('score_threshold', 0.5), number('low_score_threshold', 0.3))[0]
    accepted, reason = set_all(number('score_threshold', 0.2))
    assert not accepted
    assert 'low_score_threshold must not be above score_threshold' in reason
    assert not set_all(number('score_threshold', 7.0))[0]
    assert set_all(number('low_score_threshold', 0.2), number('score_threshold', 0.4))[0]
    (descriptor,) = peer.call(
        DescribeParameters, 'fairmot/describe_parameters', names=['weights']
    ).descriptors
    assert 'can be changed while the node is unconfigured' in descriptor.additional_constraints
    accepted, reason = set_all(text('weights', '/none.pth'))
    assert not accepted
    assert 'weights cannot be changed while the node is configured' in reason
    assert 'checkpoint' in descriptor.description


def test_missing_weights_end_the_node_with_one_line(start: NodeStarter, tmp_path: Path) -> None:
    node = start('nodes.fairmot_node', {'weights': str(tmp_path / 'none.pth')})
    assert node.process.wait(90) == 2
    output = node.last_lines(100)
    assert 'no weights at' in output
    assert 'Traceback' not in output
