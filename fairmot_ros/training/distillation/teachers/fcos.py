"""FCOS detectors in OpenVINO format, such as the Open Model Zoo's person-detection-asl-0001."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.training.distillation.teachers.fusion import suppress
from fairmot_ros.training.distillation.teachers.network import CompiledNetwork
from fairmot_ros.training.distillation.teachers.preprocessing import stretch

LOWEST_SCORE = 0.05
MAX_IOU = 0.6


class FcosDetector:
    """A network with a NonMaxSuppression layer, run up to that layer's inputs.

    The layers behind it fail in recent OpenVINO versions (a TopK of more rows than there are), so
    suppression is done here. Input: BGR 0..255, stretched to the input size. The cut network
    returns boxes [1, N, 4] in input pixels and scores [1, 1, N].
    """

    @staticmethod
    def matches(model: Any) -> bool:
        """Whether an `openvino.Model` has a NonMaxSuppression layer."""
        return any(op.get_type_name() == 'NonMaxSuppression' for op in model.get_ops())

    def __init__(self, model: Any, size: tuple[int, int] | None = None) -> None:
        """Cut and compile an `openvino.Model`; see `CompiledNetwork`."""
        import openvino

        last = next(op for op in model.get_ops() if op.get_type_name() == 'NonMaxSuppression')
        outputs = [last.input_value(0), last.input_value(1)]
        cut = openvino.Model(outputs, model.get_parameters(), model.get_friendly_name())
        self._network = CompiledNetwork(cut, size)

    def __call__(self, image_bgr: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return boxes and scores [K, 5] in pixels of an image [H, W, 3]."""
        resized, scale = stretch(image_bgr, self._network.size)
        boxes, scores = self._network(resized)
        rows = np.column_stack((boxes[0] * scale, scores[0, 0]))
        return suppress(rows[rows[:, 4] >= LOWEST_SCORE], MAX_IOU)
