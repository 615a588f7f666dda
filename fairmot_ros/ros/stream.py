"""One camera's way through a node: its subscription, stamps, tracker, outputs and counters."""

from __future__ import annotations

import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import rclpy
from rclpy.clock import Clock
from rclpy.impl.rcutils_logger import RcutilsLogger

from fairmot_ros.pipeline import filter_tracks
from fairmot_ros.pipeline.stamp_policy import StampPolicy, Verdict
from fairmot_ros.ros.image_conversion import BgrImage
from fairmot_ros.ros.outputs import FrameResult, Output
from fairmot_ros.ros.parameters import TrackingParameters
from fairmot_ros.ros.progress import ProgressWatch
from fairmot_ros.ros.statistics import Counters, Rate, Stopwatch
from fairmot_ros.ros.track_conversion import TrackConverter
from fairmot_ros.tracker import Tracker
from fairmot_ros.tracker.gallery import Gallery
from fairmot_ros.types import Detections, Track

REPORT_SECONDS = 5.0  # between two log lines of a kind


@dataclass(frozen=True)
class Incoming:
    """A message on its way to the worker.

    Attributes:
        message: the image, or whatever the node takes.
        received: the node's clock at its arrival, seconds.
        arrived: the same moment on the steady clock.
    """

    message: Any
    received: float
    arrived: float = field(default_factory=time.perf_counter)


class Stream:
    """What belongs to one camera; all but `request_reset` and `arrived` is for the worker.

    Attributes:
        name: of the camera, '' where there is one without a name.
        tracker: with ids of its own.
        gallery: of the tracker's people, if they are to be remembered.
        people: the tracks after the last image, visible or lost, by id; with a gallery alone.
            Replaced as a whole.
        outputs: what is published of each image, the tracks first.
        policy: judges the stamps.
        counters: where the images went.
        stopwatch: durations of the stages.
        rate: of processed images.
        progress: notices when no image gets through.
        last_error: why the last image failed, '' once one went through again.
        last_arrival: of an image, on the steady clock; None before the first.
        only_publisher: whether one publisher alone feeds the topic.
    """

    def __init__(
        self,
        name: str,
        tracker: Tracker,
        outputs: Sequence[Output],
        clock: Clock,
        logger: RcutilsLogger,
        gallery: Gallery | None = None,
        thresholds: Mapping[str, float] | None = None,
    ) -> None:
        """Wire up; `thresholds` are the model's own, see `ModelInfo`."""
        self.name = name
        self.tracker = tracker
        self.gallery = gallery
        self.people: Mapping[int, Track] = {}
        self.outputs = outputs
        self.policy = StampPolicy()
        self.counters = Counters()
        self.stopwatch = Stopwatch()
        self.rate = Rate()
        self.progress = ProgressWatch()
        self.last_error = ''
        self.last_arrival: float | None = None
        self.only_publisher = True
        self._sequence: int | None = None
        self._size: tuple[int, int] | None = None
        self._clock = clock
        self._logger = logger
        self._parameters: TrackingParameters | None = None
        self._thresholds = thresholds or {}
        self._reset_requested = False
        self._last_report = -float('inf')

    # -- any thread --------------------------------------------------------------------------

    def request_reset(self) -> None:
        """Drop all tracks before the next image."""
        self._reset_requested = True

    def note_sequence(self, number: int | None) -> None:
        """Count what the camera sent and nobody here received, by the publisher's numbers."""
        last, self._sequence = self._sequence, number
        if number is not None and last is not None and self.only_publisher:
            self.counters.missed += max(number - last - 1, 0)

    def arrived(self, message: Any, transport: float | None) -> Incoming:
        """Take note of a message; `transport` is how long it was on its way, if known."""
        self.counters.received += 1
        if transport is not None and transport >= 0:
            self.stopwatch.add('transport', transport)
        incoming = Incoming(message, self._clock.now().nanoseconds * 1e-9)
        self.last_arrival = incoming.arrived
        return incoming

    # -- the worker, in the order of one image -------------------------------------------------

    def begin(self, incoming: Incoming, parameters: TrackingParameters) -> bool:
        """Put parameters and resets into force; returns whether the image is fresh enough."""
        self.stopwatch.add('wait', time.perf_counter() - incoming.arrived)
        if parameters is not self._parameters:
            self.tracker.reconfigure(parameters.tracker_config(self._thresholds))
            if self.gallery is not None:
                self.gallery.config = parameters.gallery_config()
            self.policy.on_jump = parameters.on_time_jump
            self.policy.max_gap = parameters.max_gap
            self._parameters = parameters
        if self._reset_requested:
            self._reset_requested = False
            self._forget()
            self.policy.forget()
        age = self._clock.now().nanoseconds * 1e-9 - self._stamp(incoming)
        if 0 < parameters.max_input_age < age:
            self.counters.stale += 1
            return False
        return True

    def admit(self, incoming: Incoming, image: BgrImage | None) -> bool:
        """Judge stamp and size; returns whether the image is to be tracked."""
        stamp = self._stamp(incoming)
        verdict = self.policy.judge(stamp)
        if verdict is Verdict.SKIP:
            self.counters.skipped += 1
        if verdict is Verdict.RESET:
            self._logger.warning(
                f'time jumped to {stamp:.3f} s: all tracks are dropped',
                throttle_duration_sec=REPORT_SECONDS,
            )
            self._forget()
        if image is not None and verdict is not Verdict.SKIP:
            self._check_size(image.shape[:2])
        return verdict is not Verdict.SKIP

    def _check_size(self, size: tuple[int, int]) -> None:
        """Drop the tracks where they are in pixels of another size (height, width) of image."""
        last, self._size = self._size, size
        if last is not None and last != size:
            self._logger.warning(
                f'images of {size[1]} x {size[0]} pixels follow such of {last[1]} x {last[0]}: '
                'all tracks are dropped',
                throttle_duration_sec=REPORT_SECONDS,
            )
            self._forget()

    def track(
        self,
        incoming: Incoming,
        detections: Detections,
        image: BgrImage | None,
        labels: Sequence[str],
        model: str,
    ) -> None:
        """Update the tracker with one image's detections and publish."""
        parameters = self._parameters
        assert parameters is not None
        stamp = self._stamp(incoming)
        steady = self.policy.tracker_time(stamp)
        if self.gallery is not None and self.gallery.model != model:
            self._change_model(self.gallery, model)
        with self.stopwatch.measure('track'):
            tracks = self.tracker.update(detections, steady, image=image)
        lost = self.tracker.lost
        if self.gallery is not None:  # asking for the ids also reads all else of a lazy track
            self.people = {track.track_id: track for track in (*tracks, *lost)}
        self.rate.tick()
        result = FrameResult(
            header=incoming.message.header,
            stamp=steady,
            image=image,
            visible=filter_tracks(tracks, parameters.min_box_area, parameters.max_box_aspect),
            lost=lost,
            tentative=self.tracker.tentative if parameters.publish_tentative else (),
            parameters=parameters,
            converter=TrackConverter(labels, model, parameters.class_id_format, self.name),
            rate=self.rate.per_second(),
        )
        for output in self.outputs:
            with self.stopwatch.measure(output.stage):
                output.publish(result)
            if output is self.outputs[0]:  # the tracks are out
                self._note_latency(stamp)
        self.counters.processed += 1
        self.last_error = ''

    def _change_model(self, gallery: Gallery, model: str) -> None:
        if gallery.forget():
            self._logger.warning(
                f'embeddings are made by {model!r} from now on: the gallery of those made by '
                f'{gallery.model!r} is emptied'
            )
        gallery.model = model

    def _note_latency(self, stamp: float) -> None:
        latency = self._clock.now().nanoseconds * 1e-9 - stamp
        if latency >= 0:  # no stamp of another clock, of a bag that is replayed for one
            self.stopwatch.add('latency', latency)

    @contextmanager
    def reporting(self) -> Iterator[None]:
        """Count and report an exception in the body, and go on after it."""
        try:
            yield
        except Exception as error:  # whatever it is, the next image gets its chance
            if rclpy.ok():  # else a signal has ended everything, this image with it
                self.report(error)

    def report(self, error: Exception) -> None:
        """Count a failure; log it unless one was logged just now."""
        self.counters.failed += 1
        # A ValueError is a sentence about the input; all else is a fault in need of its trace.
        expected = isinstance(error, ValueError)
        self.last_error = str(error) if expected else f'{type(error).__name__}: {error}'
        if time.monotonic() - self._last_report < REPORT_SECONDS:
            return
        self._last_report = time.monotonic()
        of = f' of {self.name}' if self.name else ''
        self._logger.error(
            f'input {self.counters.received}{of} was not processed: {self.last_error}'
        )
        if not expected:
            self._logger.error(''.join(traceback.format_exception(error)))

    def _stamp(self, incoming: Incoming) -> float:
        """Return the header's stamp in seconds, or the time of arrival where it is zero."""
        stamp = incoming.message.header.stamp
        if stamp.sec or stamp.nanosec:
            return stamp.sec + stamp.nanosec * 1e-9
        self._logger.warning(
            'the images have no stamp: the time of their arrival is used instead', once=True
        )
        return incoming.received

    def _forget(self) -> None:
        self.tracker.reset()
        self.people = {}
        for output in self.outputs:
            output.forget()
