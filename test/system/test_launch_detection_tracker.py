# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""`detection_tracker.launch.py` under launch_testing: detections of another node are tracked."""

from __future__ import annotations

import unittest

import pytest

pytest.importorskip('launch_testing', reason='needs launch_testing, which is not on PyPI')
from launch import LaunchDescription
from launch_testing import post_shutdown_test
from launched import assert_clean_exit, describe
from peers import open_peer
from private_domain import private_environment
from vision_msgs.msg import Detection2D, Detection2DArray, ObjectHypothesisWithPose


@pytest.mark.launch_test
def generate_test_description() -> LaunchDescription:
    return describe(
        'detection_tracker.launch.py',
        detections='/yolo/detections',
        namespace='robot',
        name='people',
        with_embeddings='false',
    )


def detect(seconds: float) -> Detection2DArray:
    """Return one person, detected at a time."""
    found = Detection2D(results=[ObjectHypothesisWithPose()])
    found.results[0].hypothesis.class_id = 'person'
    found.results[0].hypothesis.score = 0.9
    found.bbox.center.position.x = found.bbox.center.position.y = 200.0
    found.bbox.size_x, found.bbox.size_y = 40.0, 120.0
    message = Detection2DArray(detections=[found])
    message.header.stamp.sec = int(seconds)
    message.header.stamp.nanosec = round(seconds % 1 * 1e9)
    return message


class WhileRunning(unittest.TestCase):
    def test_detections_in_the_remapped_topic_are_tracked(self) -> None:
        with open_peer(private_environment()) as peer:
            results = peer.subscribe(Detection2DArray, '/robot/people/detections')
            detector = peer.advertise(Detection2DArray, '/yolo/detections')
            for frame in range(5):
                detector.publish(detect(1000 + frame / 8))
                peer.wait(lambda n=frame: len(results) > n, 'a result')
        assert [d.id for d in results[-1].detections] == ['1']


@post_shutdown_test()
class AfterShutdown(unittest.TestCase):
    def test_node_ended_without_an_error(self, proc_info: object, proc_output: object) -> None:
        assert_clean_exit(proc_info, proc_output)
