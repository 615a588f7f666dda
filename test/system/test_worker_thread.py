# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Signals do not wait for a model that loads; others: test/ros/nodes/worker_thread_nodes.py."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
from lifecycle_msgs.msg import Transition
from lifecycle_msgs.srv import ChangeState
from peers import Peer
from slow_node import LOAD_SECONDS, LOADING

from fairmot_ros.ros.tools.node_processes import NodeProcess


@pytest.mark.parametrize('autostart', [True, False])
@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM])
def test_signal_while_loading_ends_the_node_with_exit_code_0(
    peer: Peer,
    environment: dict[str, str],
    tmp_path: Path,
    number: signal.Signals,
    autostart: bool,
) -> None:
    # Services of a node that was ended like this stay discovered for a while.
    name = f'slow_node_{number:d}_{autostart}'
    folder = str(Path(__file__).parent)
    path = os.pathsep.join(filter(None, [folder, environment.get('PYTHONPATH')]))
    node = NodeProcess(
        'slow node',
        'slow_node',
        {**environment, 'PYTHONPATH': path},
        tmp_path / 'log',
        {'autostart': autostart},
        {'__node': name},
    )
    try:
        if not autostart:
            client = peer.connect(ChangeState, f'{name}/change_state')
            configure = Transition(id=Transition.TRANSITION_CONFIGURE)
            client.call_async(ChangeState.Request(transition=configure))
        peer.wait(lambda: LOADING in node.last_lines(100), 'the model to load')
        node.process.send_signal(number)
        started = time.monotonic()
        assert node.process.wait(LOAD_SECONDS / 2) == 0
        assert time.monotonic() - started < LOAD_SECONDS / 4
        output = node.last_lines(100)
        assert 'the worker thread is still busy after 2 s and is abandoned' in output
        assert 'Traceback' not in output
        # From Kilted on, rclpy itself logs that the signal interrupted the transition.
        by_rclpy = 'Failed to complete transition'
        ours = [line for line in output.splitlines() if by_rclpy not in line]
        assert not [line for line in ours if '[ERROR]' in line or 'error:' in line]
    finally:
        node.stop()
