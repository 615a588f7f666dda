# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

from collections.abc import Iterator

import numpy as np
import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
from builtin_interfaces.msg import Time
from rclpy.clock import Clock
from sensor_msgs.msg import Image
from std_msgs.msg import Header

from fairmot_ros.pipeline import FrameSettings, FrameTracker
from fairmot_ros.ros.health.diagnostics import active_status
from fairmot_ros.ros.health.statistics import Statistics
from fairmot_ros.ros.inputs.camera_input import ReceivedMessage
from fairmot_ros.ros.outputs import FrameResult, Output
from fairmot_ros.ros.parameters import DetectionTrackerParameters
from fairmot_ros.ros.processing.camera_stream import CameraStream
from fairmot_ros.ros.processing.frame_processor import FrameProcessor
from fairmot_ros.tracker import TrackerConfig
from fairmot_ros.types import Detections


class CollectingLogger:
    """Logger that keeps errors and warnings."""

    def __init__(self) -> None:
        self.errors: list[str] = []
        self.warnings: list[str] = []

    def error(self, text: str) -> None:
        self.errors.append(text)

    def warning(self, text: str, **_: object) -> None:
        self.warnings.append(text)


@pytest.fixture
def logger() -> CollectingLogger:
    return CollectingLogger()


@pytest.fixture
def stream(logger: CollectingLogger) -> CameraStream:
    frames = FrameTracker(FrameSettings(TrackerConfig()))
    return CameraStream('front', frames, [], Statistics(), Clock(), logger)  # type: ignore[arg-type]


def test_repeated_failures_are_counted_and_logged_once(
    stream: CameraStream, logger: CollectingLogger
) -> None:
    for _ in range(100):
        stream.report(ValueError('the image is empty'))
    snapshot = stream.statistics.snapshot()
    assert snapshot.counters.failed == 100
    assert snapshot.last_error == 'the image is empty'
    assert logger.errors == ['input 0 of front was not processed: the image is empty']


def test_unexpected_exception_is_logged_with_its_traceback(
    stream: CameraStream, logger: CollectingLogger
) -> None:
    try:
        raise KeyError('boxes')
    except KeyError as error:
        stream.report(error)
    assert stream.statistics.snapshot().last_error == "KeyError: 'boxes'"
    assert 'test_camera_stream.py' in logger.errors[1]


class FakeOutput(Output):
    """Counts calls, or raises an error in each of them."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.published = self.resets = self.refreshed = 0

    def publish(self, result: FrameResult) -> None:
        if self.error is not None:
            raise self.error
        self.published += 1

    def reset(self) -> None:
        if self.error is not None:
            raise self.error
        self.resets += 1

    def refresh(self) -> None:
        if self.error is not None:
            raise self.error
        self.refreshed += 1


class BrokenOutput(FakeOutput):
    pass


def process_empty_frame(stream: CameraStream, seconds: int) -> None:
    """Process a frame without detections and with the given stamp."""
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
def test_failing_output_does_not_affect_the_others(
    logger: CollectingLogger, ros: None, broken: int
) -> None:
    outputs: list[FakeOutput] = [FakeOutput(), FakeOutput()]
    outputs.insert(broken, BrokenOutput(KeyError('d')))
    frames = FrameTracker(FrameSettings(TrackerConfig()))
    stream = CameraStream('front', frames, outputs, Statistics(), Clock(), logger)  # type: ignore[arg-type]
    for seconds in (1, 2, 3):
        process_empty_frame(stream, seconds)
    assert [output.published for output in outputs if output.error is None] == [3, 3]
    snapshot = stream.statistics.snapshot()
    assert snapshot.last_error == "BrokenOutput of front failed: KeyError: 'd'"
    assert (snapshot.counters.processed, snapshot.counters.failed) == (3, 0)
    assert logger.errors[0] == snapshot.last_error
    assert 'Traceback' in logger.errors[1]
    assert len(logger.errors) == 2
    stream.request_reset()
    process_empty_frame(stream, 4)
    assert [output.resets for output in outputs if output.error is None] == [1, 1]
    stream.refresh()
    assert [output.refreshed for output in outputs if output.error is None] == [1, 1]
    outputs[broken].error = None
    process_empty_frame(stream, 5)
    assert stream.statistics.snapshot().last_error == ''


def test_input_warnings_are_logged_once_and_kept_for_their_frame_only(
    stream: CameraStream, logger: CollectingLogger
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
    assert logger.warnings == ['front: the images are nearly black']


def test_detections_in_excess_of_the_limit_are_counted_and_logged_once(
    stream: CameraStream, logger: CollectingLogger
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
    assert logger.warnings == [
        'front: a frame has more detections than max_detections (3): only those with the highest '
        'scores are used'
    ]
    status = active_status('node', 'front', stream.statistics.snapshot(), 'detections', '', [])
    assert {v.key: v.value for v in status.values}['detections_left_out'] == '3'


class ScriptedSource:
    """Returns no detections, and notes how many inputs each call gets."""

    model, runtime, labels = 'scripted', '', ('person',)

    def __init__(self) -> None:
        self.batches: list[int] = []

    def configure(self, parameters: object) -> None: ...

    def read(self, message: Image, warn: object) -> Image:
        return message

    def image(self, value: Image) -> None: ...

    def detect(self, inputs: list[Image]) -> list[Detections]:
        self.batches.append(len(inputs))
        return [Detections.empty()] * len(inputs)


def test_cameras_share_one_batch_and_each_notes_its_duration(logger: CollectingLogger) -> None:
    source = ScriptedSource()
    processor = FrameProcessor(source, DetectionTrackerParameters())  # type: ignore[arg-type]
    streams = [
        CameraStream(
            name,
            FrameTracker(FrameSettings(TrackerConfig())),
            [FakeOutput()],
            Statistics(),
            Clock(),
            logger,  # type: ignore[arg-type]
        )
        for name in ('front', 'rear')
    ]
    message = Image(header=Header(stamp=Time(sec=1)))
    processor.process({stream: ReceivedMessage(message, 1.0) for stream in streams})
    assert source.batches == [2]
    for stream in streams:
        assert stream.statistics.snapshot().stages['detect'].samples == 1
    assert logger.errors == []
