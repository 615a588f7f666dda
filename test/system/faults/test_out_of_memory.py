# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""A node whose memory does not suffice, by a limit of its address space (Linux)."""

from __future__ import annotations

import signal
import sys
from array import array
from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
if sys.platform != 'linux':
    pytest.skip('limits of another process are a feature of Linux', allow_module_level=True)
import resource

from peers import NodeStarter, Peer
from sensor_msgs.msg import CompressedImage
from statuses import ERROR, OK, Statuses, logged
from vision_msgs.msg import Detection2DArray

from fairmot_ros.ros.tools.node_processes import NodeProcess

MEGABYTE = 2**20
#: Exit codes for want of memory: of the node, and of the middleware, which does not check it.
ENDS = (3, -signal.SIGSEGV, -signal.SIGABRT)
SMALL = {'input_width': 320, 'input_height': 256}  # of the network
SIDE = 6000  # of an image that needs 108 MB, in a message of some kilobytes


def limit_memory(node: NodeProcess, margin: int | None) -> None:
    """Let the address space of a node grow by `margin` bytes, None for any number."""
    limit = resource.RLIM_INFINITY
    if margin is not None:
        status = Path(f'/proc/{node.process.pid}/status').read_text()
        (size,) = (line.split()[1] for line in status.splitlines() if line.startswith('VmSize'))
        limit = int(size) * 1024 + margin
    resource.prlimit(node.process.pid, resource.RLIMIT_AS, (limit, resource.RLIM_INFINITY))


class Camera:
    """Publishes compressed images with increasing stamps."""

    def __init__(self, peer: Peer) -> None:
        peer.destroy_image_publisher()
        self._publisher = peer.advertise(CompressedImage, 'image/compressed')
        self._seconds = 100

    def send(self, data: bytes) -> None:
        self._seconds += 1
        message = CompressedImage(format='bgr8; png compressed', data=array('B', data))
        message.header.stamp.sec = self._seconds
        self._publisher.publish(message)


def test_frames_are_dropped_until_there_is_memory(
    peer: Peer, start: NodeStarter, images: list[np.ndarray]
) -> None:
    small, large = (
        cv2.imencode('.png', image)[1].tobytes()
        for image in (images[0], np.zeros((SIDE, SIDE, 3), np.uint8))
    )
    statuses = Statuses(peer)
    node = start(
        'nodes.fairmot_node', {'image_transport': 'compressed', 'input_timeout': 600.0, **SMALL}
    )
    camera = Camera(peer)
    camera.send(small)
    statuses.wait('tracking', OK)

    limit_memory(node, 64 * MEGABYTE)
    camera.send(large)
    status = statuses.wait('out of memory', ERROR)
    assert 'use smaller images' in status.message
    assert logged(node, 'was not processed: out of memory') == 1
    camera.send(small)  # those that fit are processed
    statuses.wait('tracking', OK)

    limit_memory(node, None)
    camera.send(large)
    peer.wait(lambda: statuses.value('processed') == '3', 'the large image to be processed')
    assert statuses.value('failed') == '1'
    assert statuses.newest().level == OK
    assert logged(node, 'Traceback') == 0


@pytest.mark.long
def test_node_that_cannot_receive_ends(
    peer: Peer, start: NodeStarter, images: list[np.ndarray]
) -> None:
    node = start('nodes.fairmot_node', {'image_transport': 'raw', **SMALL})
    results = peer.subscribe(Detection2DArray, 'fairmot/detections')
    peer.send_image(images[0], 100.0)
    peer.wait(lambda: results, 'the result')
    limit_memory(node, 4 * MEGABYTE)
    large = np.zeros((2000, 3000, 3), np.uint8)  # 18 MB
    peer.wait(lambda: _has_ended(peer, node, large), 'the node to end')
    assert node.process.returncode in ENDS


def _has_ended(peer: Peer, node: NodeProcess, image: np.ndarray) -> bool:
    """Send an image to a node, as long as it runs; return whether it has ended."""
    if node.process.poll() is None and peer.count_subscribers('image'):
        now = peer.get_clock().now().nanoseconds * 1e-9
        peer.send_image(image, now)
    return node.process.poll() is not None
