# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""One thread loads and runs the model; run by test_separate_processes.py."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
import rclpy
from private_domain import enter_private_domain
from rclpy.executors import SingleThreadedExecutor
from rclpy.lifecycle import TransitionCallbackReturn
from vision_msgs.msg import Detection2DArray

from fairmot_ros.ros.nodes.detection_tracker_node import DetectionTrackerNode
from fairmot_ros.ros.processing.received_detections import ReceivedDetections
from fairmot_ros.ros.processing.worker import is_worker_running

pytestmark = pytest.mark.ros
TIMEOUT = 90.0  # seconds; only exceeded on a very busy machine
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
def node() -> Iterator[RecordingNode]:
    enter_private_domain()
    rclpy.init()
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
