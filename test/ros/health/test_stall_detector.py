# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
from fairmot_ros.ros.health.stall_detector import StallDetector
from fairmot_ros.ros.health.statistics import Counters


def test_skipped_messages_are_reported_until_one_is_processed() -> None:
    detector = StallDetector()
    assert detector.warning(Counters(processed=1)) == ''
    assert detector.warning(Counters(processed=1, stale=2)) == ''
    warning = detector.warning(Counters(processed=1, stale=5))
    assert 'the last 5 messages were all older than max_input_age' in warning
    warning = detector.warning(Counters(processed=1, stale=5, skipped=9))
    assert 'the last 9 messages were skipped because their stamps' in warning
    assert detector.warning(Counters(processed=2, stale=5, skipped=9)) == ''
    assert detector.warning(Counters(processed=2, stale=7, skipped=9)) == ''
