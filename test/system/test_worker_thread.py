# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""One thread loads and runs the model; transitions and signals do not wait for it forever."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
import rclpy
from lifecycle_msgs.msg import Transition
from lifecycle_msgs.srv import ChangeState
from peers import TIMEOUT, Peer
from rclpy.executors import SingleThreadedExecutor
from rclpy.lifecycle import TransitionCallbackReturn
from slow_node import LOAD_SECONDS, LOADING
from vision_msgs.msg import Detection2DArray

from fairmot_ros.ros.nodes.detection_tracker_node import DetectionTrackerNode
from fairmot_ros.ros.processing.received_detections import ReceivedDetections
from fairmot_ros.ros.processing.worker import is_worker_running
from fairmot_ros.ros.tools.node_processes import NodeProcess

OK, ERROR = TransitionCallbackReturn.SUCCESS, TransitionCallbackReturn.ERROR
FAILURE = TransitionCallbackReturn.FAILURE


class RecordingSource(ReceivedDetections):
    """Detection source that records the threads which call it."""

    def __init__(self) -> None:
        super().__init__()
        self.threads = [threading.current_thread()]

    def detect(self, inputs: Any) -> Any:
        self.threads.append(threading.current_thread())
        return super().detect(inputs)


class RecordingNode(DetectionTrackerNode):
    """Node in this process whose source records threads, or fails to load."""

    error: Exception | None = None

    def load(self) -> RecordingSource:
        if self.error is not None:
            raise self.error
        self.recording = RecordingSource()
        return self.recording


@pytest.fixture
def node(environment: dict[str, str]) -> Iterator[RecordingNode]:
    rclpy.init(domain_id=int(environment['ROS_DOMAIN_ID']))
    node = RecordingNode()
    yield node
    node.destroy_node()
    rclpy.try_shutdown()
    assert not is_worker_running()


@pytest.fixture
def spin_until(node: RecordingNode) -> Callable[[Callable[[], bool]], None]:
    executor = SingleThreadedExecutor()
    executor.add_node(node)

    def spin(condition: Callable[[], bool]) -> None:
        end = time.monotonic() + TIMEOUT
        while not condition():
            assert time.monotonic() < end
            executor.spin_once(timeout_sec=0.05)

    return spin


def test_one_thread_loads_and_detects_until_cleanup(
    node: RecordingNode, spin_until: Callable[[Callable[[], bool]], None]
) -> None:
    camera = node.create_publisher(Detection2DArray, 'detections', 1)
    loaders, stamp = [], 0
    for _ in range(2):
        assert node.trigger_configure() == OK
        threads = node.recording.threads
        for _ in range(2):
            assert node.trigger_activate() == OK
            spin_until(lambda: camera.get_subscription_count() > 0)
            before = len(threads)

            def detected(before: int = before, threads: list = threads) -> bool:
                nonlocal stamp
                stamp += 1
                message = Detection2DArray()
                message.header.stamp.sec = stamp
                camera.publish(message)
                return len(threads) > before + 2

            spin_until(detected)
            assert node.trigger_deactivate() == OK
        assert len(set(threads)) == 1
        assert threads[0] is not threading.current_thread()
        assert node.trigger_cleanup() == OK
        assert not threads[0].is_alive()
        loaders.append(threads[0])
    assert loaders[0] is not loaders[1]


@pytest.mark.parametrize(
    ('error', 'result', 'words'),
    [
        (ValueError('no weights at /none.pth'), FAILURE, 'cannot configure: no weights at /none'),
        (KeyError('layer1'), ERROR, "cannot configure: KeyError: 'layer1'"),
    ],
    ids=['expected', 'unexpected'],
)
def test_exception_while_loading_fails_the_transition(
    node: RecordingNode,
    capfd: pytest.CaptureFixture,
    error: Exception,
    result: TransitionCallbackReturn,
    words: str,
) -> None:
    node.error = error
    assert node.trigger_configure() == result
    output = ''.join(capfd.readouterr())
    assert output.count(words) == 1
    assert ('Traceback' in output) == (result == ERROR)
    assert ('in load' in output) == (result == ERROR)
    assert not is_worker_running()
    node.error = None
    assert node.trigger_configure() == OK, 'the node is unconfigured and can be configured'


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
