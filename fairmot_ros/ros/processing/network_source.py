# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Detection source that runs the network on images."""

from __future__ import annotations

from collections.abc import Sequence

from sensor_msgs.msg import CompressedImage, Image

from fairmot_ros.detector import Detector
from fairmot_ros.detector.engines.devices import free_device_memory
from fairmot_ros.pixels import MAX_IMAGE_PIXELS, Warn
from fairmot_ros.ros.conversions.images import BgrImage, to_bgr
from fairmot_ros.ros.parameters import FairmotParameters
from fairmot_ros.types import Detections


class NetworkSource:
    """Runs one network on the images of all cameras; see `DetectionSource`."""

    def __init__(self, detector: Detector) -> None:
        """Use `detector` for all cameras."""
        self.detector = detector
        self.model = detector.model_name
        self.runtime = detector.runtime
        self.thresholds = detector.info.thresholds
        self._max_pixels = MAX_IMAGE_PIXELS

    @property
    def labels(self) -> Sequence[str]:
        """Name of each class."""
        return self.detector.labels

    def configure(self, parameters: FairmotParameters) -> None:
        """Apply detection threshold and image size limit."""
        self._max_pixels = parameters.images.max_image_pixels
        self.detector.score_threshold = parameters.detector.score_threshold

    def read(self, message: Image | CompressedImage, warn: Warn) -> BgrImage:
        """Return the image, uint8 [H, W, 3], BGR; raises ImageError if it cannot be used."""
        return to_bgr(message, self._max_pixels, warn)

    def detect(self, inputs: Sequence[BgrImage]) -> list[Detections]:
        """Return the detections of each image, from one forward pass."""
        return self.detector.detect(inputs)

    def image(self, value: BgrImage) -> BgrImage:
        """Return the image itself."""
        return value

    def close(self) -> None:
        """Free the network and its device memory."""
        del self.detector
        free_device_memory()
