# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Transforms that are published over DDS while a thread waits for them."""

from __future__ import annotations

import threading
import time

import pytest

pytest.importorskip('tf2_msgs', reason='needs ROS 2 and tf2_msgs')

from builtin_interfaces.msg import Time
from geometry_msgs.msg import TransformStamped
from peers import LATCHED, Peer
from std_msgs.msg import Header
from tf2_msgs.msg import TFMessage

from fairmot_ros.ros.inputs.transforms import ReceivedTransforms
from fairmot_ros.spatial.transforms import Transform, TransformError


def transform(parent: str, child: str, second: int, x: float = 0.0, w: float = 1.0) -> TFMessage:
    message = TransformStamped(child_frame_id=child)
    message.header = Header(frame_id=parent, stamp=Time(sec=second))
    message.transform.translation.x, message.transform.rotation.w = x, w
    return TFMessage(transforms=[message])


class Robot:
    """Publishes tf and looks it up in another thread, as the worker does."""

    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self.transforms = ReceivedTransforms(peer)
        self.moving = peer.create_publisher(TFMessage, '/tf', 10)
        static = peer.create_publisher(TFMessage, '/tf_static', LATCHED)
        static.publish(transform('base', 'camera', 0, 2.0))
        self.transforms.subscribe()

    def find(self, second: int, timeout: float) -> Transform | str:
        """Return the transform from camera to odom, or why there is none."""
        answers: list[Transform | str] = []

        def look() -> None:
            try:
                answers.append(self.transforms.lookup('odom', 'camera', Time(sec=second), timeout))
            except TransformError as error:
                answers.append(str(error))

        thread = threading.Thread(target=look)
        thread.start()
        self.peer.wait(lambda: answers, 'the answer')
        thread.join()
        return answers[0]

    def publish(self, message: TFMessage) -> None:
        self.moving.publish(message)
        for _ in range(5):
            self.peer.spinner.spin_once(timeout_sec=0.1)


@pytest.fixture
def robot(peer: Peer) -> Robot:
    robot = Robot(peer)
    peer.wait(robot.moving.get_subscription_count, 'the subscription')
    robot.publish(transform('odom', 'base', 5, 1.0))
    return robot


def test_static_and_moving_transforms_are_joined(robot: Robot) -> None:
    found = robot.find(5, 0.0)
    assert isinstance(found, Transform)
    assert found.translation.tolist() == [3.0, 0.0, 0.0]


def test_a_transform_that_is_on_its_way_is_waited_for(robot: Robot) -> None:
    sender = threading.Timer(0.3, lambda: robot.moving.publish(transform('odom', 'base', 7, 3.0)))
    sender.start()
    found = robot.find(6, 20.0)
    assert isinstance(found, Transform)
    assert found.translation.tolist() == [4.0, 0.0, 0.0]


def test_a_wait_in_vain_is_not_repeated(robot: Robot) -> None:
    assert robot.find(6, 0.2) == (
        'there is no transform from camera to odom: the newest transform from base to odom is '
        '1.000 s older than the requested stamp, after a wait of 0.2 s'
    )
    start = time.monotonic()
    assert 'older than the requested stamp' in str(robot.find(7, 60.0))
    assert time.monotonic() - start < 30
    robot.publish(transform('odom', 'base', 6))
    assert 'after a wait of 0.1 s' in str(robot.find(7, 0.1))  # as a newer one has come


def test_invalid_transforms_are_ignored_and_loops_named(robot: Robot) -> None:
    robot.publish(transform('odom', 'base', 6, w=0.0))
    assert 'is 1.000 s older' in str(robot.find(6, 0.0))
    robot.publish(transform('camera', 'odom', 5))
    assert 'form a loop, odom -> camera -> base -> odom' in str(robot.find(5, 60.0))


def test_the_subscriptions_end_with_their_last_user(robot: Robot, peer: Peer) -> None:
    robot.transforms.subscribe()  # of another camera
    robot.transforms.unsubscribe()
    assert isinstance(robot.find(5, 0.0), Transform)
    robot.transforms.unsubscribe()
    assert 'the frame camera is not published' in str(robot.find(5, 0.0))
    peer.wait(lambda: not robot.moving.get_subscription_count(), 'the end of the subscription')
