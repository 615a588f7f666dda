# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""SSD detectors in OpenVINO format, such as the Open Model Zoo's person-detection-0201."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.training.distillation.teachers.network import CompiledNetwork
from fairmot_ros.training.distillation.teachers.preprocessing import stretch

MIN_SCORE = 0.05


class SsdDetector:
    """A network whose last layer is a DetectionOutput.

    Input: BGR 0..255, stretched to the input size. Output: rows of image index, class, score and
    box (left, top, right, bottom) relative to the input size, after non-maximum suppression.
    """

    @staticmethod
    def matches(model: Any) -> bool:
        """Whether an `openvino.Model` has a DetectionOutput layer."""
        return any(op.get_type_name() == 'DetectionOutput' for op in model.get_ops())

    def __init__(self, model: Any, size: tuple[int, int] | None = None) -> None:
        """Compile an `openvino.Model`; see `CompiledNetwork`."""
        self._network = CompiledNetwork(model, size)

    def __call__(self, image_bgr: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Detect people in an image [H, W, 3]; return boxes and scores [K, 5] in its pixels."""
        resized, scale = stretch(image_bgr, self._network.size)
        rows = self._network(resized)[0].reshape(-1, 7)
        rows = rows[(rows[:, 0] >= 0) & (rows[:, 2] >= MIN_SCORE)]
        boxes = rows[:, 3:] * np.array(self._network.size * 2, np.float32) * scale
        return np.column_stack((boxes, rows[:, 2]))
