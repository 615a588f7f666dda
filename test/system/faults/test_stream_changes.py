# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""A camera that changes resolution and encoding in mid-stream."""

from __future__ import annotations

from array import array

import numpy as np
import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
from peers import NodeStarter, Peer, make_image
from sensor_msgs.msg import Image
from statuses import ERROR, OK, Statuses, logged, wait_for_log
from vision_msgs.msg import Detection2DArray


def grey(image: np.ndarray, seconds: float, encoding: str = 'mono8') -> Image:
    """Return a message of one byte per pixel."""
    message = make_image(image, seconds)
    message.encoding, message.step = encoding, image.shape[1]
    message.data = array('B', image.mean(axis=2).astype(np.uint8).tobytes())
    return message


@pytest.mark.long
def test_changes_are_said_and_unusable_encodings_end_with_their_cause(
    peer: Peer, start: NodeStarter, images: list[np.ndarray]
) -> None:
    statuses = Statuses(peer)
    node = start('nodes.fairmot_node')
    results = peer.subscribe(Detection2DArray, 'fairmot/detections')
    image, small = images[0], np.ascontiguousarray(images[0][::2, ::2])

    def ids(message: Image) -> set[int]:
        peer.send_message(message)
        found = peer.wait(
            lambda: next((r for r in results if r.header == message.header), None), 'the result'
        )
        return {int(d.id) for d in found.detections}

    first = ids(make_image(image, 100.0))
    assert ids(grey(image, 100.1)) & first, 'an encoding that can be used keeps the tracks'
    peer.send_message(grey(image, 100.2, 'yuv420_unheard_of'))
    words = "'yuv420_unheard_of'"
    status = statuses.wait(words, ERROR)
    assert 'is unknown' in status.message
    wait_for_log(peer, node, words)
    assert ids(make_image(image, 100.3)) & first, 'one bad message drops no tracks'
    statuses.wait('tracking', OK)
    height, width = image.shape[:2]
    second = ids(make_image(small, 100.4))
    assert min(second) > max(first)
    sizes = f'from {width}x{height} to {small.shape[1]}x{small.shape[0]}: dropping all tracks'
    assert logged(node, f'image size changed {sizes}') == 1
    assert min(ids(make_image(image, 100.5))) > max(second)
    assert statuses.value('failed') == '1'
