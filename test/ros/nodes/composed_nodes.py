# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Nodes composed in one process; run by test_separate_processes.py."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
import rclpy
from private_domain import enter_private_domain
from rclpy.executors import MultiThreadedExecutor
from rclpy.lifecycle import TransitionCallbackReturn
from rclpy.parameter import Parameter
from vision_msgs.msg import Detection2D, Detection2DArray, ObjectHypothesisWithPose

from fairmot_ros.ros.nodes.detection_tracker_node import DetectionTrackerNode

pytestmark = pytest.mark.ros
OK = TransitionCallbackReturn.SUCCESS
TIMEOUT = 30.0


@pytest.fixture
def context() -> Iterator[rclpy.Context]:
    """A context that is not the default one, in the private domain of this process."""
    environment = enter_private_domain()
    context = rclpy.Context()
    rclpy.init(context=context, domain_id=int(environment['ROS_DOMAIN_ID']))
    yield context
    rclpy.try_shutdown(context=context)


def one_person(stamp: float, frame_id: str) -> Detection2DArray:
    message = Detection2DArray()
    message.header.frame_id = frame_id
    message.header.stamp.sec, message.header.stamp.nanosec = int(stamp), int(stamp % 1 * 1e9)
    result = ObjectHypothesisWithPose()
    result.hypothesis.class_id, result.hypothesis.score = 'person', 0.9
    person = Detection2D(results=[result])
    person.bbox.center.position.x, person.bbox.center.position.y = 100.0, 100.0
    person.bbox.size_x, person.bbox.size_y = 40.0, 100.0
    message.detections = [person]
    return message


def test_two_nodes_with_their_own_names_and_parameters(context: rclpy.Context) -> None:
    nodes = [
        DetectionTrackerNode(
            'tracker',
            namespace=f'robot_{i}',
            context=context,
            parameter_overrides=[Parameter('score_threshold', value=threshold)],
            cli_args=['--ros-args', '-r', 'detections:=found'],
            use_global_arguments=False,
        )
        for i, threshold in enumerate((0.5, 0.95))
    ]
    peer = rclpy.create_node('peer', context=context)
    results: list[list[Detection2DArray]] = [[], []]
    senders = []
    for i, got in enumerate(results):
        topic = f'/robot_{i}/tracker/detections'
        peer.create_subscription(Detection2DArray, topic, got.append, 10)
        senders.append(peer.create_publisher(Detection2DArray, f'/robot_{i}/found', 1))
    assert all(node.autostart() for node in nodes)
    executor = MultiThreadedExecutor(context=context)
    for node in (*nodes, peer):
        executor.add_node(node)
    start = time.monotonic()
    while not (all(results) and results[0][-1].detections):
        assert time.monotonic() - start < TIMEOUT, 'no results'
        for i, sender in enumerate(senders):
            sender.publish(one_person(time.monotonic(), f'camera_{i}'))
        for _ in range(5):
            executor.spin_once(timeout_sec=0.02)
    assert {m.header.frame_id for m in results[0]} == {'camera_0'}
    assert {m.header.frame_id for m in results[1]} == {'camera_1'}
    assert not any(m.detections for m in results[1]), 'below its own threshold'
    for node in nodes:
        node.destroy_node()
    peer.destroy_node()


def test_fixed_parameters_change_while_unconfigured(context: rclpy.Context) -> None:
    node = DetectionTrackerNode(context=context)
    cameras = Parameter('cameras', value=['left', 'right'])
    topics = {'left': '/detection_tracker/left/tracks', 'none': '/detection_tracker/tracks'}

    def published() -> set[str]:
        return {publisher.topic_name for publisher in node.publishers}

    assert node.autostart()
    assert topics['none'] in published()
    (result,) = node.set_parameters([cameras])
    assert not result.successful
    assert result.reason == (
        'cameras cannot be changed while the node is configured: clean the node up first '
        '(lifecycle transition cleanup)'
    )
    (result,) = node.set_parameters([Parameter('cameras', value=[''])])
    assert result.successful, 'the same value'
    assert node.trigger_deactivate() == OK
    assert node.trigger_cleanup() == OK
    (result,) = node.set_parameters([cameras])
    assert result.successful, result.reason
    assert node.autostart()
    assert topics['left'] in published()
    assert topics['none'] not in published()
    node.destroy_node()


def test_the_gallery_can_be_added_while_unconfigured(context: rclpy.Context) -> None:
    node = DetectionTrackerNode(context=context)

    def services() -> set[str]:
        return {service.srv_name for service in node.services}

    assert node.autostart()
    assert not any('identity' in name for name in services())
    assert node.trigger_deactivate() == OK
    assert node.trigger_cleanup() == OK
    changes = [Parameter('with_embeddings', value=True), Parameter('gallery', value=True)]
    assert node.set_parameters_atomically(changes).successful
    assert node.autostart()
    assert sum('identity' in name for name in services()) == 3
    assert node.trigger_deactivate() == OK
    assert node.trigger_cleanup() == OK
    assert not any('identity' in name for name in services())
    node.destroy_node()
