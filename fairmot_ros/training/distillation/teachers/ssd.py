"""SSD detectors in OpenVINO format, such as the Open Model Zoo's person-detection-0201."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.training.distillation.teachers.network import CompiledNetwork
from fairmot_ros.training.distillation.teachers.preprocessing import stretch

LOWEST_SCORE = 0.05


class SsdDetector:
    """A network that ends in a DetectionOutput layer.

    Input: BGR 0..255, stretched to the input size. Output: rows of image, class, score and the
    box (left, top, right, bottom) relative to the input, suppressed by the network itself.
    """

    @staticmethod
    def matches(model: Any) -> bool:
        """Whether an `openvino.Model` has a DetectionOutput layer."""
        return any(op.get_type_name() == 'DetectionOutput' for op in model.get_ops())

    def __init__(self, model: Any, size: tuple[int, int] | None = None) -> None:
        """Compile an `openvino.Model`; see `CompiledNetwork`."""
        self._network = CompiledNetwork(model, size)

    def __call__(self, image_bgr: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return boxes and scores [K, 5] in pixels of an image [H, W, 3]."""
        resized, scale = stretch(image_bgr, self._network.size)
        rows = self._network(resized)[0].reshape(-1, 7)
        rows = rows[(rows[:, 0] >= 0) & (rows[:, 2] >= LOWEST_SCORE)]
        boxes = rows[:, 3:] * np.array(self._network.size * 2, np.float32) * scale
        return np.column_stack((boxes, rows[:, 2]))
