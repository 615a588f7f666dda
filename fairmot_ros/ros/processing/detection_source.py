"""Where detections come from: the network, or messages of another node."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from fairmot_ros.pixels import BgrImage, Warn
from fairmot_ros.types import Detections


class DetectionSource(Protocol):
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
        """Apply changed parameters."""

    def read(self, message: Any, warn: Warn) -> Any:
        """Return what `detect` takes.

        Args:
            message: as subscribed.
            warn: called with a sentence if the message is probably not as intended.

        Raises:
            ValueError: if the message cannot be used.
        """

    def detect(self, inputs: Sequence[Any]) -> list[Detections]:
        """Return the detections in each of the inputs."""

    def image(self, value: Any) -> BgrImage | None:
        """Return the image in what `read` returned, if there is one."""

    def close(self) -> None:
        """Free the model."""
