import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
from fairmot_ros.ros.progress import ProgressWatch
from fairmot_ros.ros.statistics import Counters


def test_images_left_out_in_a_row_are_complained_of_until_one_gets_through() -> None:
    watch, counters = ProgressWatch(), Counters(received=1, processed=1)
    assert watch.complain(counters) == ''
    counters.stale = 2
    assert watch.complain(counters) == ''
    counters.stale = 5
    assert 'the last 5 messages were all older than max_input_age' in watch.complain(counters)
    counters.skipped = 9
    assert 'the last 9 messages were left out for their stamps' in watch.complain(counters)
    counters.processed = 2
    assert watch.complain(counters) == ''
    counters.stale += 2
    assert watch.complain(counters) == ''
