# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Processing of one camera's frames on the worker thread: apply settings, track, publish."""

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
from fairmot_ros.ros.conversions.times import to_seconds
from fairmot_ros.ros.conversions.tracks import TrackConverter
from fairmot_ros.ros.health.statistics import Statistics
from fairmot_ros.ros.inputs.camera_input import ReceivedMessage
from fairmot_ros.ros.outputs import FrameResult, Output
from fairmot_ros.ros.parameters import TrackingParameters
from fairmot_ros.ros.processing.failures import describe, is_mistake
from fairmot_ros.ros.processing.person_locator import PersonLocator
from fairmot_ros.tracker.gallery import Gallery
from fairmot_ros.types import Detections, Track

LOG_PERIOD = 5.0  # seconds between two log lines about the same kind of failure


class CameraStream:
    """Tracks the frames of one camera and publishes the results.

    Used by the worker thread, except `request_reset`, `refresh` and the attributes marked as
    shared, which are replaced as a whole and may be read from any thread.

    Attributes:
        name: of the camera, '' for a single unnamed camera.
        frame_tracker: checks stamps and image sizes, and updates the tracker.
        outputs: publish the result of each frame; the tracks are the first.
        statistics: counters and durations; shared.
        warnings: one sentence per problem with the input of the last tracked frame; shared.
        recent_tracks: visible and lost tracks after the last frame, by id; shared. Empty without
            a gallery.
    """

    def __init__(
        self,
        name: str,
        frame_tracker: FrameTracker,
        outputs: Sequence[Output],
        statistics: Statistics,
        clock: Clock,
        logger: RcutilsLogger,
        thresholds: Mapping[str, float] | None = None,
        locator: PersonLocator | None = None,
    ) -> None:
        """Store the parts.

        Args:
            name: see above.
            frame_tracker: see above.
            outputs: see above.
            statistics: see above.
            clock: of the node.
            logger: of the node.
            thresholds: tracker settings of the model, see `ModelInfo`.
            locator: computes the motion of the camera, None if nothing does.
        """
        self.name = name
        self.frame_tracker = frame_tracker
        self.outputs = outputs
        self.statistics = statistics
        self.warnings: tuple[str, ...] = ()
        self.recent_tracks: Mapping[int, Track] = {}
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
        """Gallery of identities, None if disabled; thread-safe."""
        return self.frame_tracker.gallery

    def request_reset(self) -> None:
        """Drop all tracks before the next frame; thread-safe."""
        self._reset_requested.set()

    # -- steps of one frame, in their order ------------------------------------------------------

    def begin(self, received: ReceivedMessage, parameters: TrackingParameters) -> bool:
        """Apply pending parameter changes and resets; return whether the message is not stale."""
        self.statistics.add('wait', time.perf_counter() - received.arrived)
        self._new_warnings.clear()
        if parameters is not self._parameters:
            self.frame_tracker.configure(parameters.frames(self._thresholds))
            self._parameters = parameters
        if self._reset_requested.is_set():
            self._reset_requested.clear()
            self.frame_tracker.reset()
            self._reset_results()
        age = self._clock.now().nanoseconds * 1e-9 - self._stamp(received)
        if 0 < parameters.inputs.max_input_age < age:
            self.statistics.count('stale')
            return False
        return True

    def admit(self, received: ReceivedMessage, image: BgrImage | None) -> bool:
        """Check stamp and image size; return whether to track the frame."""
        size = None if image is None else (image.shape[1], image.shape[0])
        decision = self.frame_tracker.admit(self._stamp(received), size)
        self.statistics.set_time_jumps(self.frame_tracker.stamps.jumps)
        if not decision.is_tracked:
            self.statistics.count('skipped')
            return False
        if decision.reason:
            self._logger.warning(decision.reason, throttle_duration_sec=LOG_PERIOD)
            self._reset_results()
        return True

    def track(
        self,
        received: ReceivedMessage,
        detections: Detections,
        image: BgrImage | None,
        labels: Sequence[str],
        model: str,
    ) -> None:
        """Update the tracker with an admitted frame and publish the result.

        Args:
            received: message of the frame.
            detections: in the frame.
            image: of the frame, if there is one.
            labels: name of each class.
            model: identifier of the model that computed the embeddings.
        """
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
            visible = self.frame_tracker.track(detections, stamp, image, motion)
        if ignored := self.frame_tracker.tracker.ignored_detections:
            self.statistics.note_left_out(ignored)
            limit = self.frame_tracker.tracker.config.max_detections
            self.warn(
                f'a frame has more detections than max_detections ({limit}): only those with the '
                'highest scores are used'
            )
        lost = self.frame_tracker.lost
        if self.gallery is not None:
            self.recent_tracks = {track.track_id: track for track in (*visible, *lost)}
        result = FrameResult(
            header=received.message.header,
            stamp=self.frame_tracker.time_of(stamp),
            image=image,
            visible=visible,
            lost=lost,
            tentative=self.frame_tracker.tentative if parameters.outputs.publish_tentative else (),
            parameters=parameters,
            converter=TrackConverter(
                labels,
                model,
                parameters.outputs.class_id_format,
                self.name,
                None if self.gallery is None else self.gallery.names_by_track(),
            ),
            rate=self.statistics.note_tracked(),
            detections=detections,
            gallery=self.gallery,
        )
        self.warnings = tuple(self._new_warnings)
        failures = self._publish(result, stamp)
        self.statistics.add('total', time.perf_counter() - received.arrived)
        self.statistics.note_success(failures)

    def _publish(self, result: FrameResult, stamp: float) -> str:
        """Publish a result with all outputs; return the errors of failed ones, '' if none failed.

        A failed output does not affect the others.
        """
        failures = []
        for output in self.outputs:
            try:
                with self.statistics.measure(output.stage):
                    output.publish(result)
            except Exception as error:
                if rclpy.ok():  # otherwise a signal has shut ROS down
                    failures.append(self._report_output(output, error))
            if output is self.outputs[0]:  # the tracks have been published
                self._note_latency(stamp)
        return '; '.join(failures)

    def refresh(self) -> None:
        """Let the outputs adapt to changed publishers; called on the executor thread."""
        for output in self.outputs:
            try:
                output.refresh()
            except Exception as error:
                if rclpy.ok():
                    self._report_output(output, error)

    # -- failures --------------------------------------------------------------------------------

    @contextmanager
    def reporting(self) -> Iterator[None]:
        """Catch, count and report an exception raised in the body of the with statement."""
        try:
            yield
        except Exception as error:
            if rclpy.ok():  # otherwise a signal has shut ROS down
                self.report(error)

    def warn(self, text: str) -> None:
        """Add a warning about the input of this frame to `warnings`; log each text once."""
        self._new_warnings.append(text)
        if text not in self._logged_warnings:
            self._logged_warnings.add(text)
            self._logger.warning(f'{self.name}: {text}' if self.name else text)

    def report(self, error: Exception) -> None:
        """Count a failed frame; log it at most once per `LOG_PERIOD`."""
        message = describe(error)
        number = self.statistics.note_failure(message)
        if time.monotonic() - self._last_report < LOG_PERIOD:
            return
        self._last_report = time.monotonic()
        camera = f' of {self.name}' if self.name else ''
        self._logger.error(f'input {number}{camera} was not processed: {message}')
        self._log_traceback(error)

    def _report_output(self, output: Output, error: Exception) -> str:
        """Return a sentence on a failed output; log it at most once per `LOG_PERIOD`."""
        camera = f' of {self.name}' if self.name else ''
        text = f'{type(output).__name__}{camera} failed: {describe(error)}'
        if time.monotonic() - self._last_output_report >= LOG_PERIOD:
            self._last_output_report = time.monotonic()
            self._logger.error(text)
            self._log_traceback(error)
        return text

    def _log_traceback(self, error: Exception) -> None:
        """Log the traceback, unless the sentence explains the failure."""
        if not is_mistake(error):
            self._logger.error(''.join(traceback.format_exception(error)))

    def _change_model(self, gallery: Gallery, model: str) -> None:
        if gallery.forget():
            self._logger.warning(
                f'the model of the embeddings changed from {gallery.model!r} to {model!r}: '
                'clearing the gallery'
            )
        gallery.model = model

    def _note_latency(self, stamp: float) -> None:
        latency = self._clock.now().nanoseconds * 1e-9 - stamp
        if latency >= 0:  # negative if the stamp is from another clock
            self.statistics.add('latency', latency)

    def _stamp(self, received: ReceivedMessage) -> float:
        """Return the stamp of the header in seconds, or the time of arrival if it is zero."""
        stamp = received.message.header.stamp
        if stamp.sec or stamp.nanosec:
            return to_seconds(stamp)
        self._logger.warning('messages have no stamp: using their time of arrival', once=True)
        return received.received

    def _reset_results(self) -> None:
        """Clear what outputs and services keep of earlier frames."""
        self.recent_tracks = {}
        for output in self.outputs:
            try:
                output.reset()
            except Exception as error:
                if rclpy.ok():
                    self._report_output(output, error)
