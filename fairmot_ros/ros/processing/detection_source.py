# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Interface of detection sources: the network, or messages of another node."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from fairmot_ros.pixels import BgrImage, Warn
from fairmot_ros.types import Detections


class DetectionSource(Protocol):
    """Converts messages of all cameras to detections; the part in which the nodes differ.

    Attributes:
        model: identifier of the model that computes the embeddings; only embeddings of the same
            model are comparable.
        runtime: library and device that run the model, '' if unknown.
        thresholds: tracker settings calibrated for the scores of the model, by name.
        labels: name of each class; may grow with new messages.
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
        """Convert a message to an input of `detect`.

        Args:
            message: received on the input topic.
            warn: called with one sentence if the message is probably not what the sender
                intended.

        Raises:
            ValueError: if the message cannot be used; the text says why.
        """

    def detect(self, inputs: Sequence[Any]) -> list[Detections]:
        """Return the detections of each input."""

    def image(self, value: Any) -> BgrImage | None:
        """Return the image in a value returned by `read`, None if it has none."""

    def close(self) -> None:
        """Free the model."""
