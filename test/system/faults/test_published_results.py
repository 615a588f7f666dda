# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""What was published does not change: not by later frames, not between two runs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
from peers import LATCHED, NodeStarter, Peer, make_image
from rclpy.serialization import serialize_message
from sensor_msgs.msg import Image
from vision_msgs.msg import Detection2DArray, LabelInfo, VisionInfo

from fairmot_ros.msg import TrackArray

TOPICS = {
    'fairmot/detections': Detection2DArray,
    'fairmot/tracks': TrackArray,
    'fairmot/image_annotated': Image,
}
NODE = {'deterministic': True, 'publish_lost': True}


def record(peer: Peer, start: NodeStarter, images: list[np.ndarray]) -> dict[str, list[bytes]]:
    """Return the serialised results of a fresh node, in the order of the images."""
    node = start('nodes.fairmot_node', NODE)
    received: dict[str, list[Any]] = {t: peer.subscribe(k, t) for t, k in TOPICS.items()}
    for messages in received.values():
        messages.clear()
    latched = (
        peer.subscribe(LabelInfo, 'fairmot/label_info', LATCHED),
        peer.subscribe(VisionInfo, 'fairmot/vision_info', LATCHED),
    )
    peer.wait(lambda: all(latched), 'the latched messages')
    early = [serialize_message(messages[-1]) for messages in latched]
    # The node draws once it has discovered the subscriber: the first image waits for that.
    peer.wait(lambda: all(peer.count_subscribers(t) for t in TOPICS), 'the subscriptions')
    for i, image in enumerate(images):
        peer.send_message(make_image(image, 100.0 + i / 10))
        peer.wait(
            lambda n=i + 1: all(len(m) == n for m in received.values()),
            f'the results of image {i}',
        )
    late: list[Any] = []
    peer.create_subscription(VisionInfo, 'fairmot/vision_info', late.append, LATCHED)
    peer.wait(lambda: late, 'the latched message for a late subscriber')
    assert serialize_message(late[-1]) == early[1]
    assert node.stop() == 0
    return {topic: [serialize_message(m) for m in found] for topic, found in received.items()}


@pytest.mark.long
def test_two_fresh_nodes_publish_the_same_bytes(
    peer: Peer, start: NodeStarter, images: list[np.ndarray]
) -> None:
    first, second = (record(peer, start, images[:8]) for _ in range(2))
    for topic in TOPICS:
        assert [len(m) for m in first[topic]] == [len(m) for m in second[topic]]
        assert first[topic] == second[topic], topic
        assert len(set(first[topic])) == len(first[topic]), 'every frame differs'
