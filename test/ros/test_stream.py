import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
from rclpy.clock import Clock

from fairmot_ros.ros.stream import Stream
from fairmot_ros.tracker import Tracker, TrackerConfig


class Lines:
    """Collects what is logged, as a logger."""

    def __init__(self) -> None:
        self.errors: list[str] = []

    def error(self, text: str) -> None:
        self.errors.append(text)


@pytest.fixture
def lines() -> Lines:
    return Lines()


@pytest.fixture
def stream(lines: Lines) -> Stream:
    return Stream('front', Tracker(TrackerConfig()), [], Clock(), lines)  # type: ignore[arg-type]


def test_many_bad_images_are_all_counted_and_logged_once(stream: Stream, lines: Lines) -> None:
    for _ in range(100):
        stream.report(ValueError('the image is empty'))
    assert stream.counters.failed == 100
    assert stream.last_error == 'the image is empty'
    assert lines.errors == ['input 0 of front was not processed: the image is empty']


def test_a_fault_is_logged_with_its_trace(stream: Stream, lines: Lines) -> None:
    try:
        raise KeyError('boxes')
    except KeyError as error:
        stream.report(error)
    assert stream.last_error == "KeyError: 'boxes'"
    assert 'test_stream.py' in lines.errors[1]


def test_messages_that_the_camera_sent_and_nobody_got_are_counted(stream: Stream) -> None:
    for number in (7, 8, 11, None, 3, 4):
        stream.note_sequence(number)
    assert stream.counters.missed == 2
    stream.only_publisher = False
    stream.note_sequence(90)
    assert stream.counters.missed == 2
