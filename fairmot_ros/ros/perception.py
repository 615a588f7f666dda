"""What turns messages into detections: the network, or another node that has detected already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from sensor_msgs.msg import CompressedImage, Image

from fairmot_ros.detector import Detector
from fairmot_ros.ros.image_conversion import BgrImage, to_bgr
from fairmot_ros.ros.parameters import NodeParameters
from fairmot_ros.types import Detections


class Perception(Protocol):
    """The part in which the nodes differ: messages in, detections out.

    Attributes:
        model: what makes the embeddings; they are comparable only where it is equal.
        runtime: what runs the model, '' if that is not known.
        thresholds: settings of the tracker that suit the model's scores.
        labels: name of each class; may grow while messages come.
    """

    model: str
    runtime: str
    thresholds: Mapping[str, float]

    @property
    def labels(self) -> Sequence[str]:
        """Name of each class."""

    def configure(self, parameters: Any) -> None:
        """Put changed parameters into force."""

    def read(self, message: Any) -> Any:
        """Return what `detect` takes; raises ValueError if the message cannot be used."""

    def detect(self, inputs: Sequence[Any]) -> list[Detections]:
        """Return the detections in each of the inputs."""

    def picture(self, value: Any) -> BgrImage | None:
        """Return the picture in what `read` gave, if there is one."""


class ImagePerception:
    """Runs the network on images."""

    def __init__(self, detector: Detector) -> None:
        """Use a detector for all cameras."""
        self.detector = detector
        self.model = detector.model_name
        self.runtime = detector.runtime
        self.thresholds = detector.info.thresholds

    @property
    def labels(self) -> Sequence[str]:
        """Name of each class."""
        return self.detector.labels

    def configure(self, parameters: NodeParameters) -> None:
        """Take over the detection threshold."""
        self.detector.score_threshold = parameters.detection_threshold

    def read(self, message: Image | CompressedImage) -> BgrImage:
        """Return the picture; raises ImageError."""
        return to_bgr(message)

    def detect(self, inputs: Sequence[BgrImage]) -> list[Detections]:
        """Return the people in each picture, by one forward pass."""
        return self.detector.detect(inputs)

    def picture(self, value: BgrImage) -> BgrImage:
        """Return the picture itself."""
        return value
