# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The recorder without a tracker: content of its files, and its counters."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
from peers import LATCHED, NodeStarter, Peer, make_image
from sensor_msgs.msg import Image
from std_msgs.msg import UInt32

from fairmot_ros.msg import Track, TrackArray
from fairmot_ros.ros.tools.node_processes import NodeProcess

RATE = 5.0
SIZE = (48, 64)


class Sender:
    """Publishes images, tracks and annotated images in place of camera and tracker."""

    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self.tracks = peer.create_publisher(TrackArray, 'tracks', 10)
        self.annotated = peer.create_publisher(Image, 'image_annotated', 10)
        self.total = peer.create_publisher(UInt32, 'frames_sent', LATCHED)

    def send(self, frame: int, annotated: Image | None = None) -> None:
        pixels = np.full((*SIZE, 3), 10 * frame, np.uint8)
        image = self.peer.send_image(pixels, 100 + frame / RATE)
        track = Track(track_id=7, state=Track.TRACKED, score=0.5)
        track.bbox.size_x = track.bbox.size_y = 10.0
        self.tracks.publish(TrackArray(header=image.header, tracks=[track]))
        self.annotated.publish(image if annotated is None else annotated)


def end(node: NodeProcess) -> int:
    return node.process.wait(timeout=30)


def test_unusable_annotated_images_are_not_counted(
    peer: Peer, start: NodeStarter, tmp_path: Path
) -> None:
    output = tmp_path / 'out'
    node = start(
        'tools.recorder_node', {'output': str(output), 'frame_rate': RATE, 'first_frame': 21}
    )
    sender = Sender(peer)
    unusable = Image(encoding='no such', width=64, height=48, data=[0], step=1)
    wider = make_image(np.zeros((48, 80, 3), np.uint8), 1)
    for frame, annotated in enumerate([None, unusable, wider, None, None]):
        sender.send(frame + 2 * (frame > 2), annotated)  # two frames have no image
    sender.total.publish(UInt32(data=5))
    assert end(node) == 0
    summary = json.loads((output / 'recording.json').read_text())
    assert (summary['frames_processed'], summary['frames_annotated']) == (5, 3)
    video = cv2.VideoCapture(str(output / 'annotated.mp4'))
    assert video.get(cv2.CAP_PROP_FRAME_COUNT) == 3
    lines = (output / 'results.txt').read_text().splitlines()
    assert [int(line.split(',')[0]) for line in lines] == [21, 22, 23, 26, 27]
    log = node.log.read_text()
    assert log.count('annotated images are left out of the video') == 2
    assert 'Traceback' not in log


def test_full_disk_is_reported_in_one_line_and_counters_are_exact(
    peer: Peer, start: NodeStarter, tmp_path: Path
) -> None:
    output = tmp_path / 'out'
    output.mkdir()
    (output / 'results.txt').symlink_to('/dev/full')
    node = start('tools.recorder_node', {'output': str(output), 'frame_rate': RATE})
    sender = Sender(peer)
    sender.send(0)
    assert end(node) == 2
    assert 'results.txt cannot be written: No space left on device' in node.log.read_text()
    assert 'Traceback' not in node.log.read_text()
    summary = json.loads((output / 'recording.json').read_text())
    assert (summary['frames_processed'], summary['boxes'], summary['tracks']) == (0, 0, 0)
