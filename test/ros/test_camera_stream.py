import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
from rclpy.clock import Clock

from fairmot_ros.pipeline import FrameSettings, FrameTracker
from fairmot_ros.ros.camera_input import CameraInput
from fairmot_ros.ros.camera_stream import CameraStream
from fairmot_ros.ros.statistics import Statistics
from fairmot_ros.tracker import TrackerConfig


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
def stream(lines: Lines) -> CameraStream:
    frames = FrameTracker(FrameSettings(TrackerConfig()))
    return CameraStream('front', frames, [], Statistics(), Clock(), lines)  # type: ignore[arg-type]


def test_many_bad_images_are_all_counted_and_logged_once(
    stream: CameraStream, lines: Lines
) -> None:
    for _ in range(100):
        stream.report(ValueError('the image is empty'))
    snapshot = stream.statistics.snapshot()
    assert snapshot.counters.failed == 100
    assert snapshot.last_error == 'the image is empty'
    assert lines.errors == ['input 0 of front was not processed: the image is empty']


def test_a_fault_is_logged_with_its_trace(stream: CameraStream, lines: Lines) -> None:
    try:
        raise KeyError('boxes')
    except KeyError as error:
        stream.report(error)
    assert stream.statistics.snapshot().last_error == "KeyError: 'boxes'"
    assert 'test_camera_stream.py' in lines.errors[1]


def test_messages_that_were_sent_and_never_received_are_counted() -> None:
    statistics = Statistics()
    camera = CameraInput(statistics, Clock())
    for number in (7, 8, 11, None, 3, 4):
        camera.note_sequence(number)
    assert statistics.snapshot().counters.missed == 2
    camera.only_publisher = False
    camera.note_sequence(90)
    assert statistics.snapshot().counters.missed == 2
