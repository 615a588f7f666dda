# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Choice of the transport of images by the publishers, over DDS."""

from __future__ import annotations

from array import array

import cv2
import numpy as np
import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
from diagnostic_msgs.msg import DiagnosticArray
from peers import NodeStarter, Peer, make_image
from rclpy.publisher import Publisher
from sensor_msgs.msg import CompressedImage, Image
from vision_msgs.msg import Detection2DArray

RAW, COMPRESSED = 'camera/image_raw', 'camera/image_raw/compressed'


def compress(message: Image, image: np.ndarray) -> CompressedImage:
    _, data = cv2.imencode('.jpg', image)
    return CompressedImage(header=message.header, format='jpeg', data=array('B', data.tobytes()))


class Sender:
    """Sends images with increasing stamps and waits for their results."""

    def __init__(self, peer: Peer, image: np.ndarray, results: list[Detection2DArray]) -> None:
        self.peer = peer
        self.image = image
        self.results = results
        self.seconds = 10.0

    def send(self, publisher: Publisher) -> None:
        """Publish the next image and wait until it has been tracked."""
        self.seconds += 0.2
        message = make_image(self.image, self.seconds)
        is_raw = publisher.msg_type is Image
        publisher.publish(message if is_raw else compress(message, self.image))
        self.peer.wait(
            lambda: any(r.header == message.header for r in self.results),
            f'the result of an image on {publisher.topic_name}',
        )


def test_transport_follows_the_publishers(
    peer: Peer, start: NodeStarter, images: list[np.ndarray]
) -> None:
    peer.destroy_image_publisher()
    node = start('nodes.fairmot_node', {}, {'image': RAW})
    results = peer.subscribe(Detection2DArray, 'fairmot/detections')
    diagnostics = peer.subscribe(DiagnosticArray, '/diagnostics')
    sender = Sender(peer, images[0], results)
    raw_chosen = 'the images are on /camera/image_raw (sensor_msgs/msg/Image)'
    compressed_chosen = f'the images are on /{COMPRESSED} (sensor_msgs/msg/CompressedImage)'

    def chosen() -> list[str]:
        """Return the decisions in the log, in their order."""
        lines = node.last_lines(200).splitlines()
        return [line.partition('auto: ')[2] for line in lines if 'image_transport auto' in line]

    assert chosen() == [], 'nothing is decided before there is a publisher'
    compressed = peer.advertise(CompressedImage, COMPRESSED)
    sender.send(compressed)
    assert chosen() == [compressed_chosen]

    raw = peer.advertise(Image, RAW)
    sender.send(raw)
    sender.send(raw)
    peer.wait(lambda: not peer.count_subscribers(COMPRESSED), 'the end of the other subscription')
    assert chosen() == [compressed_chosen, raw_chosen], 'both exist: raw, and logged once'

    peer.destroy_publisher(raw)
    peer.wait_for_subscriber(COMPRESSED)
    sender.send(compressed)
    assert chosen() == [compressed_chosen, raw_chosen, compressed_chosen]

    def values() -> dict[str, str]:
        return {v.key: v.value for v in diagnostics[-1].status[0].values}

    peer.wait(
        lambda: values().get('topic') == f'/{COMPRESSED}' and values()['processed'] == '4',
        'the topic in the diagnostics',
    )
    assert values()['missed'] == '0', 'another publisher does not continue the sequence'


def test_a_remapping_may_name_the_compressed_topic(
    peer: Peer, start: NodeStarter, images: list[np.ndarray]
) -> None:
    peer.destroy_image_publisher()
    start('nodes.fairmot_node', {}, {'image': COMPRESSED})
    results = peer.subscribe(Detection2DArray, 'fairmot/detections')
    publisher = peer.create_publisher(CompressedImage, COMPRESSED, 10)
    peer.wait(
        lambda: any(
            info.topic_type == 'sensor_msgs/msg/CompressedImage'
            for info in peer.get_subscriptions_info_by_topic(COMPRESSED)
        ),
        'a subscriber of compressed images',
    )
    peer.wait_for_subscriber(COMPRESSED)
    Sender(peer, images[0], results).send(publisher)


def test_each_camera_may_have_a_transport_of_its_own(
    peer: Peer, start: NodeStarter, images: list[np.ndarray]
) -> None:
    peer.destroy_image_publisher()
    start(
        'nodes.fairmot_node',
        {
            'cameras': ['front', 'rear'],
            'image_transport': 'raw',
            'image_transports': ['rear: compressed'],
        },
    )
    publishers = {
        'front': peer.advertise(Image, 'front/image'),
        'rear': peer.advertise(CompressedImage, 'rear/image/compressed'),
    }
    assert not peer.count_subscribers('front/image/compressed')
    assert not peer.count_subscribers('rear/image')
    for camera, publisher in publishers.items():
        results = peer.subscribe(Detection2DArray, f'fairmot/{camera}/detections')
        Sender(peer, images[0], results).send(publisher)
