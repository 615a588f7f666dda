# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""FCOS detectors in OpenVINO format, such as the Open Model Zoo's person-detection-asl-0001."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.training.distillation.teachers.fusion import suppress
from fairmot_ros.training.distillation.teachers.network import CompiledNetwork
from fairmot_ros.training.distillation.teachers.preprocessing import stretch

MIN_SCORE = 0.05
MAX_IOU = 0.6


class FcosDetector:
    """A network with a NonMaxSuppression layer, run only up to the inputs of that layer.

    The layers after it fail in recent OpenVINO versions (a TopK of more rows than there are), so
    boxes are suppressed in NumPy. Input: BGR 0..255, stretched to the input size. Output: boxes
    [1, N, 4] in input pixels and scores [1, 1, N].
    """

    @staticmethod
    def matches(model: Any) -> bool:
        """Whether an `openvino.Model` has a NonMaxSuppression layer."""
        return any(op.get_type_name() == 'NonMaxSuppression' for op in model.get_ops())

    def __init__(self, model: Any, size: tuple[int, int] | None = None) -> None:
        """Remove the last layers of an `openvino.Model` and compile it; see `CompiledNetwork`."""
        import openvino

        last = next(op for op in model.get_ops() if op.get_type_name() == 'NonMaxSuppression')
        outputs = [last.input_value(0), last.input_value(1)]
        cut = openvino.Model(outputs, model.get_parameters(), model.get_friendly_name())
        self._network = CompiledNetwork(cut, size)

    def __call__(self, image_bgr: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Detect people in an image [H, W, 3]; return boxes and scores [K, 5] in its pixels."""
        resized, scale = stretch(image_bgr, self._network.size)
        boxes, scores = self._network(resized)
        rows = np.column_stack((boxes[0] * scale, scores[0, 0]))
        return suppress(rows[rows[:, 4] >= MIN_SCORE], MAX_IOU)
