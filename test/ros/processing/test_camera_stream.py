from collections.abc import Iterator

import numpy as np
import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
from builtin_interfaces.msg import Time
from rclpy.clock import Clock
from sensor_msgs.msg import Image
from std_msgs.msg import Header

from fairmot_ros.pipeline import FrameSettings, FrameTracker
from fairmot_ros.ros.health.diagnostics import diagnose
from fairmot_ros.ros.health.statistics import Statistics
from fairmot_ros.ros.inputs.camera_input import CameraInput, ReceivedMessage
from fairmot_ros.ros.outputs import FrameResult, Output
from fairmot_ros.ros.parameters import DetectionTrackerParameters
from fairmot_ros.ros.processing.camera_stream import CameraStream
from fairmot_ros.tracker import TrackerConfig
from fairmot_ros.types import Detections


class Lines:
    """Collects what is logged, as a logger."""

    def __init__(self) -> None:
        self.errors: list[str] = []
        self.warnings: list[str] = []

    def error(self, text: str) -> None:
        self.errors.append(text)

    def warning(self, text: str, **_: object) -> None:
        self.warnings.append(text)


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


class FakeOutput(Output):
    """Counts what it is asked to publish, and may fail."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.published = self.forgotten = self.refreshed = 0

    def publish(self, result: FrameResult) -> None:
        if self.error is not None:
            raise self.error
        self.published += 1

    def forget(self) -> None:
        if self.error is not None:
            raise self.error
        self.forgotten += 1

    def refresh(self) -> None:
        if self.error is not None:
            raise self.error
        self.refreshed += 1


class BrokenOutput(FakeOutput):
    pass


def show(stream: CameraStream, seconds: int) -> None:
    """Let a frame without detections pass."""
    message = Image(header=Header(stamp=Time(sec=seconds)))
    received = ReceivedMessage(message, float(seconds))
    assert stream.begin(received, DetectionTrackerParameters())
    assert stream.admit(received, None)
    stream.track(received, Detections.empty(), None, [], '')


@pytest.fixture
def ros() -> Iterator[None]:
    import rclpy

    rclpy.init()
    yield
    rclpy.try_shutdown()


@pytest.mark.parametrize('broken', [0, 1, 2])
def test_an_output_that_fails_does_not_stop_the_others(
    lines: Lines, ros: None, broken: int
) -> None:
    outputs: list[FakeOutput] = [FakeOutput(), FakeOutput()]
    outputs.insert(broken, BrokenOutput(KeyError('d')))
    frames = FrameTracker(FrameSettings(TrackerConfig()))
    stream = CameraStream('front', frames, outputs, Statistics(), Clock(), lines)  # type: ignore[arg-type]
    for seconds in (1, 2, 3):
        show(stream, seconds)
    assert [output.published for output in outputs if output.error is None] == [3, 3]
    snapshot = stream.statistics.snapshot()
    assert snapshot.last_error == "BrokenOutput of front failed: KeyError: 'd'"
    assert (snapshot.counters.processed, snapshot.counters.failed) == (3, 0)
    assert lines.errors[0] == snapshot.last_error
    assert 'Traceback' in lines.errors[1]
    assert len(lines.errors) == 2
    stream.request_reset()
    show(stream, 4)
    assert [output.forgotten for output in outputs if output.error is None] == [1, 1]
    stream.refresh()
    assert [output.refreshed for output in outputs if output.error is None] == [1, 1]
    outputs[broken].error = None
    show(stream, 5)
    assert stream.statistics.snapshot().last_error == ''


def test_warnings_of_the_input_are_logged_once_and_last_as_long_as_they_come(
    stream: CameraStream, lines: Lines
) -> None:
    for seconds, warned in enumerate((True, True, False, True), 1):
        message = Image(header=Header(stamp=Time(sec=seconds)))
        received = ReceivedMessage(message, float(seconds))
        assert stream.begin(received, DetectionTrackerParameters())
        if warned:
            stream.warn('the images are nearly black')
        assert stream.admit(received, None)
        stream.track(received, Detections.empty(), None, [], '')
        assert stream.warnings == ('the images are nearly black',) * warned
    assert lines.warnings == ['front: the images are nearly black']


def test_detections_above_the_limit_are_counted_and_logged_once(
    stream: CameraStream, lines: Lines
) -> None:
    boxes = np.array([[100 * i, 0, 100 * i + 40, 120] for i in range(5)], np.float32)
    parameters = DetectionTrackerParameters(max_detections=3)
    for seconds, count in enumerate((5, 4, 3), 1):
        received = ReceivedMessage(Image(header=Header(stamp=Time(sec=seconds))), float(seconds))
        assert stream.begin(received, parameters)
        assert stream.admit(received, None)
        found = Detections(boxes[:count], np.full(count, 0.9))
        stream.track(received, found, None, ['person'], '')
        assert len(stream.warnings) == (count > 3)
    assert lines.warnings == [
        'front: a frame has more than the 3 detections that max_detections allows: only the best '
        'are used'
    ]
    status = diagnose('node', 'front', stream.statistics.snapshot(), 'detections', '', [])
    assert {v.key: v.value for v in status.values}['detections_left_out'] == '3'
