import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
from fairmot_ros.ros.health.progress import ProgressWatch
from fairmot_ros.ros.health.statistics import Counters


def test_frames_left_out_in_a_row_are_reported_until_one_is_processed() -> None:
    watch = ProgressWatch()
    assert watch.warning(Counters(processed=1)) == ''
    assert watch.warning(Counters(processed=1, stale=2)) == ''
    warning = watch.warning(Counters(processed=1, stale=5))
    assert 'the last 5 messages were all older than max_input_age' in warning
    warning = watch.warning(Counters(processed=1, stale=5, skipped=9))
    assert 'the last 9 messages were left out for their stamps' in warning
    assert watch.warning(Counters(processed=2, stale=5, skipped=9)) == ''
    assert watch.warning(Counters(processed=2, stale=7, skipped=9)) == ''
