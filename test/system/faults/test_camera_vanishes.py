# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""A camera that ends, is killed, or is stopped, and returns."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
from peers import NodeStarter, Peer, make_image
from rclpy.qos import QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import Image
from short_lease import LEASE, with_short_lease
from statuses import OK, WARN, Statuses, wait_for_log
from vision_msgs.msg import Detection2DArray

CLIP = Path(__file__).parents[3] / 'fairmot_ros' / 'data' / 'pedestrians.mp4'
RELIABLE, BEST_EFFORT = ReliabilityPolicy.RELIABLE, ReliabilityPolicy.BEST_EFFORT
NODE = {'input_timeout': 1.0, 'input_width': 320, 'input_height': 256}


@pytest.mark.long
def test_camera_that_ends_and_returns_with_another_qos(
    peer: Peer, start: NodeStarter, images: list[np.ndarray]
) -> None:
    statuses = Statuses(peer)
    peer.destroy_image_publisher()
    node = start('nodes.fairmot_node', NODE)
    results = peer.subscribe(Detection2DArray, 'fairmot/detections')
    seconds = 100.0
    for number, reliability in enumerate((RELIABLE, BEST_EFFORT, RELIABLE), 1):
        camera = peer.create_publisher(
            Image, 'image', QoSProfile(depth=2, reliability=reliability)
        )
        peer.wait(camera.get_subscription_count, 'the subscription')
        before = len(results)

        def send() -> bool:
            nonlocal seconds
            seconds += 0.1
            camera.publish(make_image(images[0], seconds))  # noqa: B023
            peer.spinner.spin_once(timeout_sec=0.2)
            return len(results) > before  # noqa: B023

        peer.wait(send, f'results of camera {number}')
        statuses.wait('tracking', OK)
        peer.destroy_publisher(camera)
        statuses.wait('/image has no publisher', WARN)
        peer.wait(
            lambda n=number: node.log.read_text().count('/image has no publisher') >= n,
            'a sentence in the log, each time',
        )


@pytest.fixture
def leased(environment: dict[str, str], tmp_path: Path) -> Iterator[NodeStarter]:
    """Starter of nodes that the others forget `LEASE` seconds after their last announcement."""
    starter = NodeStarter(with_short_lease(environment, tmp_path), tmp_path)
    yield starter
    starter.end()


class Stream:
    """A node, and a camera in another process."""

    def __init__(self, peer: Peer, leased: NodeStarter) -> None:
        peer.destroy_image_publisher()
        self.peer, self.leased = peer, leased
        self.statuses = Statuses(peer)
        self.node = leased('nodes.fairmot_node', NODE)
        self.results = peer.subscribe(Detection2DArray, 'fairmot/detections')
        self.camera = self.start_camera()

    def start_camera(self):
        return self.leased('tools.player_node', {'video': str(CLIP), 'loop': True})

    def wait_for_results(self) -> None:
        before = len(self.results)
        self.peer.wait(lambda: len(self.results) > before + 3, 'results')
        self.statuses.wait('tracking', OK)


@pytest.fixture
def stream(peer: Peer, leased: NodeStarter) -> Stream:
    stream = Stream(peer, leased)
    stream.wait_for_results()
    return stream


@pytest.mark.long
def test_killed_camera_is_missed_and_its_successor_used(stream: Stream) -> None:
    stream.camera.process.kill()
    stream.camera.process.wait()
    wait_for_log(stream.peer, stream.node, 'no input for')
    stream.statuses.wait('/image has no publisher', WARN)  # its lease has ended
    stream.start_camera()
    stream.wait_for_results()


@pytest.mark.long
def test_camera_is_found_again_after_its_lease_has_ended(stream: Stream) -> None:
    """A process that is stopped is to the others like a computer that lost its network."""
    stream.camera.process.send_signal(signal.SIGSTOP)
    try:
        stream.statuses.wait('/image has no publisher', WARN)
        wait_for_log(stream.peer, stream.node, '/image has no publisher')
    finally:
        stream.camera.process.send_signal(signal.SIGCONT)
    stream.wait_for_results()


@pytest.mark.long
def test_node_is_found_again_after_its_lease_has_ended(stream: Stream) -> None:
    peer = stream.peer
    stream.node.process.send_signal(signal.SIGSTOP)
    try:
        topic = '/fairmot/detections'
        peer.wait(lambda: not peer.count_publishers(topic), f'the end of the lease of {LEASE} s')
    finally:
        stream.node.process.send_signal(signal.SIGCONT)
    stream.wait_for_results()
