# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
from rclpy.clock import Clock

from fairmot_ros.ros.health.statistics import Statistics
from fairmot_ros.ros.inputs.camera_input import CameraInput


def test_gaps_in_sequence_numbers_count_as_missed_messages() -> None:
    statistics = Statistics()
    camera = CameraInput(statistics, Clock())
    for number in (7, 8, 11, None, 3, 4):
        camera.note_sequence(number)
    assert statistics.snapshot().counters.missed == 2
    camera.only_publisher = False
    camera.note_sequence(90)
    assert statistics.snapshot().counters.missed == 2
