# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""YOLOX detectors as ONNX files, such as yolox_nano.onnx."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.boxes import boxes_around
from fairmot_ros.training.data.problems import DataError
from fairmot_ros.training.distillation.teachers.fusion import suppress
from fairmot_ros.training.distillation.teachers.network import CompiledNetwork
from fairmot_ros.training.distillation.teachers.preprocessing import letterbox_top_left

GREY = 114
MIN_SCORE = 0.05
MAX_IOU = 0.6
PERSON = 0
STRIDES = (8, 16, 32)


class YoloxDetector:
    """A YOLOX network as exported to ONNX by its authors, trained on COCO.

    Input: BGR 0..255, letterboxed at the top left. Output [1, N, 85]: one row per cell of the
    strides 8, 16 and 32, with centre offset and log size in cells, objectness and class
    probabilities. The input size may be any multiple of 32.
    """

    @staticmethod
    def matches(model: Any) -> bool:
        """Whether an `openvino.Model` has one output with a row per cell of the three strides."""
        if len(model.outputs) != 1 or len(model.inputs) != 1:
            return False
        shape, image = model.output(0).partial_shape, model.input(0).partial_shape
        if shape.rank.get_length() != 3 or image.rank.get_length() != 4 or image.is_dynamic:
            return False
        _, _, height, width = image.to_shape()
        rows, columns = shape[1], shape[2]
        cells = sum((height // s) * (width // s) for s in STRIDES)
        return bool(rows == cells and columns.is_static and columns.get_length() > 5)

    def __init__(self, model: Any, size: tuple[int, int] | None = None) -> None:
        """Compile an `openvino.Model`; see `CompiledNetwork`.

        Raises:
            DataError: if the size is not a multiple of 32.
        """
        if size is not None and any(v % STRIDES[-1] or v < STRIDES[-1] for v in size):
            raise DataError(
                f'a YOLOX teacher needs a size in multiples of 32, got {size[0]}x{size[1]}'
            )
        self._network = CompiledNetwork(model, size)
        self._cells, self._strides = cell_grid(self._network.size)

    def __call__(self, image_bgr: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Detect people in an image [H, W, 3]; return boxes and scores [K, 5] in its pixels."""
        boxed, scale = letterbox_top_left(image_bgr, self._network.size, GREY)
        output = self._network(boxed)[0][0]
        scores = output[:, 4] * output[:, 5 + PERSON]
        rows = scores >= MIN_SCORE
        centre = (output[rows, :2] + self._cells[rows]) * self._strides[rows]
        boxes = boxes_around(centre, np.exp(output[rows, 2:4]) * self._strides[rows]) * scale
        return suppress(np.column_stack((boxes, scores[rows])), MAX_IOU)


def cell_grid(size: tuple[int, int]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return (column, row) [N, 2] and stride [N, 1] of each output row at an input size."""
    cells, strides = [], []
    for stride in STRIDES:
        columns, rows = np.meshgrid(np.arange(size[0] // stride), np.arange(size[1] // stride))
        cells.append(np.stack((columns, rows), axis=2).reshape(-1, 2))
        strides.append(np.full((len(cells[-1]), 1), stride))
    return np.concatenate(cells).astype(np.float32), np.concatenate(strides).astype(np.float32)
