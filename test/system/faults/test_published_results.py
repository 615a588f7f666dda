# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""What was published does not change: not by later frames, not from run to run."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
from peers import LATCHED, NodeStarter, Peer, make_image
from rclpy.serialization import serialize_message
from vision_msgs.msg import Detection2DArray, LabelInfo, VisionInfo

from fairmot_ros.msg import TrackArray

RESULTS = {'fairmot/detections': Detection2DArray, 'fairmot/tracks': TrackArray}
INFOS = {'fairmot/label_info': LabelInfo, 'fairmot/vision_info': VisionInfo}


def read_infos(peer: Peer) -> list[bytes]:
    """Return the latched messages, as a new subscriber gets them."""
    found: dict[str, Any] = {}
    for topic, kind in INFOS.items():
        subscription = peer.create_subscription(
            kind, topic, lambda message, topic=topic: found.update({topic: message}), LATCHED
        )
        peer.wait(lambda topic=topic: topic in found, f'the message on {topic}')
        peer.destroy_subscription(subscription)
    return [serialize_message(found[topic]) for topic in INFOS]


def record(peer: Peer, start: NodeStarter, images: list[np.ndarray]) -> dict[str, list[bytes]]:
    """Return the serialised results of a fresh node, in the order of the images."""
    node = start('nodes.fairmot_node', {'deterministic': True, 'publish_lost': True})
    received: dict[str, list[bytes]] = {topic: [] for topic in RESULTS}
    subscriptions = [
        peer.create_subscription(kind, topic, received[topic].append, 10, raw=True)
        for topic, kind in RESULTS.items()
    ]
    for topic in RESULTS:
        peer.wait(lambda topic=topic: peer.count_publishers(topic), f'a publisher of {topic}')
    infos = read_infos(peer)
    for i, image in enumerate(images):
        peer.send_message(make_image(image, 100.0 + i / 10))
        peer.wait(
            lambda n=i + 1: all(len(messages) == n for messages in received.values()),
            f'the results of image {i}',
        )
    assert read_infos(peer) == infos, 'a late subscriber gets what an early one got'
    assert node.stop() == 0
    for subscription in subscriptions:
        peer.destroy_subscription(subscription)
    return received


@pytest.mark.long
def test_two_fresh_nodes_publish_the_same_bytes(
    peer: Peer, start: NodeStarter, images: list[np.ndarray]
) -> None:
    first, second = (record(peer, start, images[:8]) for _ in range(2))
    for topic in RESULTS:
        assert first[topic] == second[topic], topic
        assert len(set(first[topic])) == len(first[topic]), 'every frame differs'
