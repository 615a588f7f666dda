# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""`multi_camera.launch.py` under launch_testing: one node tracks the images of two cameras."""

from __future__ import annotations

import unittest

import pytest

pytest.importorskip('launch_testing', reason='needs launch_testing, which is not on PyPI')
from launch import LaunchDescription
from launch_testing import post_shutdown_test
from launched import assert_clean_exit, describe, track
from peers import open_peer
from private_domain import private_environment
from vision_msgs.msg import Detection2DArray


@pytest.mark.launch_test
def generate_test_description() -> LaunchDescription:
    return describe(
        'multi_camera.launch.py', cameras='front, rear', image='image_raw', namespace='robot'
    )


class WhileRunning(unittest.TestCase):
    def test_each_camera_has_its_own_tracks(self) -> None:
        with open_peer(private_environment()) as peer:
            for camera in ('front', 'rear'):
                results = peer.subscribe(Detection2DArray, f'/robot/fairmot/{camera}/detections')
                ids = [d.id for d in track(peer, f'/robot/{camera}/image_raw', results).detections]
                assert ids and all(name.startswith(f'{camera}/') for name in ids), ids


@post_shutdown_test()
class AfterShutdown(unittest.TestCase):
    def test_node_ended_without_an_error(self, proc_info: object, proc_output: object) -> None:
        assert_clean_exit(proc_info, proc_output)
