# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""`replay.launch.py` under launch_testing: a bag is played in a loop to the tracker."""

from __future__ import annotations

import tempfile
import unittest
from itertools import islice
from pathlib import Path

import pytest

pytest.importorskip('launch_testing', reason='needs launch_testing, which is not on PyPI')
pytest.importorskip('rosbag2_py', reason='needs ros2bag and rosbag2_py, which are not on PyPI')
from launch import LaunchDescription
from launch_testing import post_shutdown_test
from launched import CLIP, assert_clean_exit, describe
from peers import open_peer
from private_domain import private_environment
from vision_msgs.msg import Detection2DArray

from fairmot_ros.evaluation.bags.sequence import BagLayout, write_sequence
from fairmot_ros.media.video_source import VideoSource

FOLDER = tempfile.TemporaryDirectory()


@pytest.mark.launch_test
def generate_test_description() -> LaunchDescription:
    bag = Path(FOLDER.name) / 'bag'
    images = list(islice(VideoSource(CLIP), 10))
    write_sequence(bag, images, 5.0, None, BagLayout(image_topic='/camera/image_raw'))
    return describe(
        'replay.launch.py', bag=str(bag), image='/camera/image_raw', loop='true', delay='1.0'
    )


class WhileRunning(unittest.TestCase):
    def test_people_in_the_bag_are_tracked(self) -> None:
        with open_peer(private_environment()) as peer:
            results = peer.subscribe(Detection2DArray, '/fairmot/detections')
            peer.wait(lambda: any(r.detections for r in results), 'tracks')


@post_shutdown_test()
class AfterShutdown(unittest.TestCase):
    def test_processes_ended_without_an_error(
        self, proc_info: object, proc_output: object
    ) -> None:
        assert_clean_exit(proc_info, proc_output)
