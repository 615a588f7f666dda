"""The worker's side of one camera: apply settings, track a frame, publish its result."""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import rclpy
from rclpy.clock import Clock
from rclpy.impl.rcutils_logger import RcutilsLogger

from fairmot_ros.pipeline import FrameTracker
from fairmot_ros.ros.conversions.images import BgrImage
from fairmot_ros.ros.conversions.tracks import TrackConverter
from fairmot_ros.ros.health.statistics import Statistics
from fairmot_ros.ros.inputs.camera_input import ReceivedMessage
from fairmot_ros.ros.outputs import FrameResult, Output
from fairmot_ros.ros.parameters import TrackingParameters
from fairmot_ros.ros.processing.person_locator import PersonLocator
from fairmot_ros.tracker.gallery import Gallery
from fairmot_ros.types import Detections, Track

REPORT_SECONDS = 5.0  # between two log lines of a kind


class CameraStream:
    """Used by the worker thread alone, but for `request_reset` and what is said to be shared.

    Attributes:
        name: of the camera, '' where there is one without a name.
        frames: judges and tracks the frames.
        outputs: what is published of each frame, the tracks first.
        statistics: shared; what happened to the messages.
        warnings: shared; sentences about the input of the last tracked frame, replaced as a whole.
        known: shared; the visible and lost tracks after the last frame, by id, replaced as a
            whole; empty without a gallery.
    """

    def __init__(
        self,
        name: str,
        frames: FrameTracker,
        outputs: Sequence[Output],
        statistics: Statistics,
        clock: Clock,
        logger: RcutilsLogger,
        thresholds: Mapping[str, float] | None = None,
        locator: PersonLocator | None = None,
    ) -> None:
        """Put the parts together.

        Args:
            name: see above, as frames, outputs and statistics.
            frames: see above.
            outputs: see above.
            statistics: see above.
            clock: of the node.
            logger: of the node.
            thresholds: of the model, see `ModelInfo`.
            locator: tells the motion of the camera, None if nothing does.
        """
        self.name = name
        self.frames = frames
        self.outputs = outputs
        self.statistics = statistics
        self.warnings: tuple[str, ...] = ()
        self.known: Mapping[int, Track] = {}
        self._clock = clock
        self._logger = logger
        self._thresholds = thresholds or {}
        self._locator = locator
        self._parameters: TrackingParameters | None = None
        self._reset_requested = threading.Event()
        self._last_report = -float('inf')
        self._last_output_report = -float('inf')
        self._new_warnings: list[str] = []
        self._logged_warnings: set[str] = set()

    @property
    def gallery(self) -> Gallery | None:
        """Shared, it has a lock of its own; None without one."""
        return self.frames.gallery

    def request_reset(self) -> None:
        """Drop all tracks before the next frame; may be called from any thread."""
        self._reset_requested.set()

    # -- in the order of one frame ---------------------------------------------------------------

    def begin(self, received: ReceivedMessage, parameters: TrackingParameters) -> bool:
        """Apply pending parameter changes and resets; return whether the message is fresh."""
        self.statistics.add('wait', time.perf_counter() - received.arrived)
        self._new_warnings.clear()
        if parameters is not self._parameters:
            self.frames.configure(parameters.frames(self._thresholds))
            self._parameters = parameters
        if self._reset_requested.is_set():
            self._reset_requested.clear()
            self.frames.reset()
            self._forget()
        age = self._clock.now().nanoseconds * 1e-9 - self._stamp(received)
        if 0 < parameters.inputs.max_input_age < age:
            self.statistics.count('stale')
            return False
        return True

    def admit(self, received: ReceivedMessage, image: BgrImage | None) -> bool:
        """Judge stamp and size; return whether the frame is to be tracked."""
        size = None if image is None else (image.shape[1], image.shape[0])
        decision = self.frames.admit(self._stamp(received), size)
        self.statistics.set_time_jumps(self.frames.stamps.jumps)
        if not decision.is_tracked:
            self.statistics.count('skipped')
            return False
        if decision.reason:
            self._logger.warning(decision.reason, throttle_duration_sec=REPORT_SECONDS)
            self._forget()
        return True

    def track(
        self,
        received: ReceivedMessage,
        detections: Detections,
        image: BgrImage | None,
        labels: Sequence[str],
        model: str,
    ) -> None:
        """Update the tracker with the detections of an admitted frame and publish."""
        parameters = self._parameters
        assert parameters is not None
        stamp = self._stamp(received)
        if self.gallery is not None and self.gallery.model != model:
            self._change_model(self.gallery, model)
        motion = None
        if self._locator is not None:
            shape = None if image is None else image.shape[:2]
            motion = self._locator.camera_motion(received.message.header, shape)
        with self.statistics.measure('track'):
            visible = self.frames.track(detections, stamp, image, motion)
        if left_out := self.frames.tracker.left_out:
            self.statistics.note_left_out(left_out)
            self.warn(
                f'a frame has more than the {self.frames.tracker.config.max_detections} '
                'detections that max_detections allows: only the best are used'
            )
        lost = self.frames.lost
        if self.gallery is not None:
            self.known = {track.track_id: track for track in (*visible, *lost)}
        result = FrameResult(
            header=received.message.header,
            stamp=self.frames.time_of(stamp),
            image=image,
            visible=visible,
            lost=lost,
            tentative=self.frames.tentative if parameters.outputs.publish_tentative else (),
            parameters=parameters,
            converter=TrackConverter(
                labels,
                model,
                parameters.outputs.class_id_format,
                self.name,
                None if self.gallery is None else self.gallery.names_by_track(),
            ),
            rate=self.statistics.note_tracked(),
        )
        self.warnings = tuple(self._new_warnings)
        failures = self._publish(result, stamp)
        self.statistics.add('total', time.perf_counter() - received.arrived)
        self.statistics.note_success(failures)

    def _publish(self, result: FrameResult, stamp: float) -> str:
        """Publish a frame's result; return what is wrong with some outputs, or ''.

        An output that fails does not keep the others from being published.
        """
        failures = []
        for output in self.outputs:
            try:
                with self.statistics.measure(output.stage):
                    output.publish(result)
            except Exception as error:
                if rclpy.ok():  # else a signal has ended everything, this output with it
                    failures.append(self._report_output(output, error))
            if output is self.outputs[0]:  # the tracks are published
                self._note_latency(stamp)
        return '; '.join(failures)

    def refresh(self) -> None:
        """Let the outputs adapt to what changed around the node; called by its thread."""
        for output in self.outputs:
            try:
                output.refresh()
            except Exception as error:
                if rclpy.ok():
                    self._report_output(output, error)

    # -- failures --------------------------------------------------------------------------------

    @contextmanager
    def reporting(self) -> Iterator[None]:
        """Count and report an exception in the body; the next frame is tried again."""
        try:
            yield
        except Exception as error:
            if rclpy.ok():  # else a signal has ended everything, this frame with it
                self.report(error)

    def warn(self, text: str) -> None:
        """Note that the input of this frame is probably not as intended; log a new text once."""
        self._new_warnings.append(text)
        if text not in self._logged_warnings:
            self._logged_warnings.add(text)
            self._logger.warning(f'{self.name}: {text}' if self.name else text)

    def report(self, error: Exception) -> None:
        """Count a failure; log it unless one was logged just before."""
        message = _describe(error)
        number = self.statistics.note_failure(message)
        if time.monotonic() - self._last_report < REPORT_SECONDS:
            return
        self._last_report = time.monotonic()
        of = f' of {self.name}' if self.name else ''
        self._logger.error(f'input {number}{of} was not processed: {message}')
        self._log_trace(error)

    def _report_output(self, output: Output, error: Exception) -> str:
        """Return a sentence on a failed output; log it unless one was logged just before."""
        of = f' of {self.name}' if self.name else ''
        text = f'{type(output).__name__}{of} failed: {_describe(error)}'
        if time.monotonic() - self._last_output_report >= REPORT_SECONDS:
            self._last_output_report = time.monotonic()
            self._logger.error(text)
            self._log_trace(error)
        return text

    def _log_trace(self, error: Exception) -> None:
        """Log the traceback of a fault; a ValueError is a sentence about the input."""
        if not isinstance(error, ValueError):
            self._logger.error(''.join(traceback.format_exception(error)))

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
            self.statistics.add('latency', latency)

    def _stamp(self, received: ReceivedMessage) -> float:
        """Return the header's stamp in seconds, or the time of arrival where it is zero."""
        stamp = received.message.header.stamp
        if stamp.sec or stamp.nanosec:
            return stamp.sec + stamp.nanosec * 1e-9
        self._logger.warning(
            'the images have no stamp: the time of their arrival is used instead', once=True
        )
        return received.received

    def _forget(self) -> None:
        """Make outputs and services start anew after a reset."""
        self.known = {}
        for output in self.outputs:
            try:
                output.forget()
            except Exception as error:
                if rclpy.ok():
                    self._report_output(output, error)


def _describe(error: Exception) -> str:
    return str(error) if isinstance(error, ValueError) else f'{type(error).__name__}: {error}'
