"""One image message through the pipeline: convert, detect, track, publish."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sensor_msgs.msg import CompressedImage, Image

from fairmot_ros.pipeline import FairMOT, filter_tracks
from fairmot_ros.ros.annotate import Annotator
from fairmot_ros.ros.image_conversion import BgrImage, from_bgr, to_bgr
from fairmot_ros.ros.parameters import NodeParameters
from fairmot_ros.ros.statistics import Rate, Stopwatch
from fairmot_ros.ros.time_policy import StampPolicy, Verdict
from fairmot_ros.ros.track_conversion import TrackConverter
from fairmot_ros.types import Track


class Publisher(Protocol):
    """What is needed of a publisher."""

    def publish(self, message: Any) -> None:
        """Send a message."""

    def get_subscription_count(self) -> int:
        """Return how many listen."""


@dataclass(frozen=True)
class Outputs:
    """Where the results go."""

    detections: Publisher
    tracks: Publisher
    image_annotated: Publisher


class FrameProcessor:
    """Owns the pipeline; all calls but `request_reset` come from one thread.

    Attributes:
        parameters: the values in force; replaced as a whole, read once per image.
        stopwatch: durations of the stages.
        rate: of processed images.
        policy: judges the stamps.
    """

    def __init__(self, pipeline: FairMOT, parameters: NodeParameters, outputs: Outputs,
                 logger: Any) -> None:
        """Wire up; `logger` is the node's."""
        self.parameters = parameters
        self.stopwatch = Stopwatch()
        self.rate = Rate()
        self.policy = StampPolicy()
        self._pipeline = pipeline
        self._outputs = outputs
        self._logger = logger
        self._annotator = Annotator()
        self._applied: NodeParameters | None = None
        self._reset_requested = False

    def request_reset(self) -> None:
        """Drop all tracks before the next image; may be called from any thread."""
        self._reset_requested = True

    def process(self, message: Image | CompressedImage, received: float) -> None:
        """Handle one image and publish the results.

        Args:
            message: the image.
            received: the node's clock in seconds, for cameras that leave the stamp at zero.

        Raises:
            ImageError: if the image cannot be used; the tracks are not touched.
        """
        parameters = self._apply_parameters()
        stamp = message.header.stamp.sec + message.header.stamp.nanosec * 1e-9
        if stamp == 0.0:
            self._logger.warning(
                'the images have no stamp: the time of their arrival is used instead', once=True
            )
            stamp = received
        with self.stopwatch.measure('convert'):
            image = to_bgr(message)
        if not self._time_allows(stamp):
            return
        with self.stopwatch.measure('detect'):
            detections = self._pipeline.detector(image)
        with self.stopwatch.measure('track'):
            tracks = self._pipeline.tracker.update(detections, stamp, image=image)
        visible = filter_tracks(tracks, parameters.min_box_area, parameters.max_box_aspect)
        self.rate.tick()
        with self.stopwatch.measure('publish'):
            self._publish(message, visible, parameters)
        self._annotator.remember(visible, stamp)
        if self._outputs.image_annotated.get_subscription_count():
            with self.stopwatch.measure('annotate'):
                self._publish_annotated(message, image, visible)

    def _apply_parameters(self) -> NodeParameters:
        parameters = self.parameters
        if parameters is not self._applied:
            self._pipeline.tracker.reconfigure(parameters.tracker_config())
            self._pipeline.detector.score_threshold = parameters.detection_threshold
            self.policy.on_jump = parameters.on_time_jump
            self.policy.max_gap = parameters.max_gap
            self._annotator.trail_seconds = parameters.trail_seconds
            detector = self._pipeline.detector
            self._converter = TrackConverter(
                detector.labels, detector.model_name, parameters.class_id_format
            )
            self._applied = parameters
        if self._reset_requested:
            self._reset_requested = False
            self._forget()
            self.policy.forget()
        return parameters

    def _time_allows(self, stamp: float) -> bool:
        verdict = self.policy.judge(stamp)
        if verdict is Verdict.RESET:
            self._logger.warning(f'time jumped to {stamp:.3f} s: all tracks are dropped')
            self._forget()
        return verdict is not Verdict.SKIP

    def _forget(self) -> None:
        self._pipeline.tracker.reset()
        self._annotator.forget()

    def _publish(self, message: Image | CompressedImage, visible: Sequence[Track],
                 parameters: NodeParameters) -> None:
        header = message.header
        self._outputs.detections.publish(self._converter.detections(visible, header))
        everyone = list(visible)
        if parameters.publish_lost:
            everyone += self._pipeline.tracker.lost
        if parameters.publish_tentative:
            everyone += self._pipeline.tracker.tentative
        self._outputs.tracks.publish(self._converter.tracks(
            everyone, header, embeddings=parameters.publish_embeddings
        ))

    def _publish_annotated(self, message: Image | CompressedImage, image: BgrImage,
                           visible: Sequence[Track]) -> None:
        canvas = self._annotator.draw(image, visible, self.rate.per_second())
        self._outputs.image_annotated.publish(from_bgr(canvas, message.header))
