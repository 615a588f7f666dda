# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""One output that fails in a running node; the others are published."""

from __future__ import annotations

from array import array

import cv2
import numpy as np
import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
from peers import NodeStarter, Peer
from sensor_msgs.msg import CompressedImage
from statuses import ERROR, OK, Statuses, logged, wait_for_log
from vision_msgs.msg import Detection2DArray

from fairmot_ros.msg import TrackArray

WIDTH = 66_000  # JPEG has at most 65,500 pixels per side


@pytest.mark.long
def test_annotated_image_that_cannot_be_encoded_does_not_stop_the_tracks(
    peer: Peer, start: NodeStarter, images: list[np.ndarray]
) -> None:
    peer.destroy_image_publisher()
    statuses = Statuses(peer)
    node = start('nodes.fairmot_node', {'image_transport': 'compressed'})
    camera = peer.advertise(CompressedImage, 'image/compressed')
    results = [
        peer.subscribe(Detection2DArray, 'fairmot/detections'),
        peer.subscribe(TrackArray, 'fairmot/tracks'),
    ]
    annotated = peer.subscribe(CompressedImage, 'fairmot/image_annotated/compressed')

    def send(image: np.ndarray, seconds: int) -> None:
        data = cv2.imencode('.png', image)[1].tobytes()
        message = CompressedImage(format='bgr8; png compressed', data=array('B', data))
        message.header.stamp.sec = seconds
        camera.publish(message)
        for received in results:
            peer.wait(
                lambda received=received: any(r.header == message.header for r in received),
                'the tracks',
            )

    wide = np.zeros((256, WIDTH, 3), np.uint8)
    send(wide, 100)
    words = f'AnnotatedOutput failed: an image of {WIDTH} x 256 pixels cannot be encoded as JPEG'
    status = statuses.wait(words, ERROR)
    assert 'use raw images, or smaller ones' in status.message
    wait_for_log(peer, node, words)
    send(wide, 101)
    assert logged(node, words) == 1, 'not for every frame'
    assert logged(node, 'Traceback') == 0
    assert annotated == [], 'no empty image instead'
    send(images[0], 102)
    peer.wait(lambda: annotated, 'the annotated image')
    statuses.wait('tracking', OK)
    assert statuses.value('processed') == '3'
