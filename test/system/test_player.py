# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The player without a tracker: published images and stamps."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
from peers import NodeStarter, Peer
from sensor_msgs.msg import Image


def test_loop_restarts_the_video_with_increasing_stamps(
    peer: Peer, start: NodeStarter, tmp_path: Path
) -> None:
    for i in range(3):
        cv2.imwrite(str(tmp_path / f'{i}.png'), np.full((16, 24, 3), 40 * i, np.uint8))
    peer.destroy_image_publisher()
    start(
        'tools.player_node',
        {'video': str(tmp_path), 'frame_rate': 20.0, 'loop': True, 'max_frames': 8},
    )
    images = peer.subscribe(Image, 'image')
    peer.wait(lambda: len(images) >= 8, 'the images')
    assert [image.data[0] for image in images] == [0, 40, 80, 0, 40, 80, 0, 40]
    stamps = [image.header.stamp.sec + image.header.stamp.nanosec * 1e-9 for image in images]
    assert np.diff(stamps) == pytest.approx(0.05, abs=1e-6)


def test_missing_frames_leave_gaps_in_the_stamps(
    peer: Peer, start: NodeStarter, tmp_path: Path
) -> None:
    for i in (21, 22, 25):
        cv2.imwrite(str(tmp_path / f'{i}.png'), np.full((16, 24, 3), i, np.uint8))
    peer.destroy_image_publisher()
    node = start('tools.player_node', {'video': str(tmp_path), 'frame_rate': 20.0})
    images = peer.subscribe(Image, 'image')
    peer.wait(lambda: len(images) >= 3, 'the images')
    assert [image.data[0] for image in images] == [21, 22, 25]
    stamps = [image.header.stamp.sec + image.header.stamp.nanosec * 1e-9 for image in images]
    assert np.diff(stamps) == pytest.approx([0.05, 0.15], abs=1e-6)
    peer.wait(lambda: '23 to 24' in node.log.read_text(), 'the note')
