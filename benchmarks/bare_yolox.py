# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""YOLOX-nano as it comes, in OpenVINO: the yardstick for the default model.

It shares no code with the package: resize, decoding and suppression are OpenCV's and NumPy's.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks import REFERENCE_DATA

FILE = REFERENCE_DATA / 'data' / 'teachers' / 'yolox_nano' / 'yolox_nano.onnx'
GREY = 114
LOWEST_SCORE, MAX_IOU = 0.1, 0.65

Array = NDArray[np.float32]


class BareYolox:
    """Detects people in images, without embeddings."""

    def __init__(self, size: tuple[int, int], threads: int) -> None:
        """Compile the network for a size (width, height)."""
        import openvino

        core = openvino.Core()
        model = core.read_model(FILE)
        model.reshape([1, 3, size[1], size[0]])
        options = {
            'PERFORMANCE_HINT': 'LATENCY',
            'NUM_STREAMS': 1,
            'INFERENCE_NUM_THREADS': threads,
            'INFERENCE_PRECISION_HINT': 'f32',
        }
        self._network: Any = core.compile_model(model, 'CPU', options)
        self._size = size
        self._corners, self._strides = _grid(size)

    def network(self, planes: Array) -> Array:
        """Return the raw rows [N, 85] for planes [1, 3, H, W], BGR in 0..255."""
        rows: Array = self._network(planes)[0][0]
        return rows

    def planes(self, image: NDArray[np.uint8]) -> tuple[Array, float]:
        """Return the network's input for an image, and the factor of its size."""
        width, height = self._size
        ratio = min(width / image.shape[1], height / image.shape[0])
        inner = cv2.resize(image, (round(image.shape[1] * ratio), round(image.shape[0] * ratio)))
        boxed = np.full((height, width, 3), GREY, np.uint8)
        boxed[: inner.shape[0], : inner.shape[1]] = inner
        return np.ascontiguousarray(boxed.transpose(2, 0, 1)[None], np.float32), ratio

    def __call__(self, image: NDArray[np.uint8]) -> tuple[Array, Array]:
        """Return boxes [K, 4] (left, top, width, height) and scores [K] of an image."""
        planes, ratio = self.planes(image)
        rows = self.network(planes)
        scores = rows[:, 4] * rows[:, 5]
        good = scores > LOWEST_SCORE
        rows, scores = rows[good], scores[good]
        centres = (rows[:, :2] + self._corners[good]) * self._strides[good]
        extents = np.exp(rows[:, 2:4]) * self._strides[good]
        boxes = np.hstack((centres - extents / 2, extents)) / np.float32(ratio)
        kept = np.array(
            cv2.dnn.NMSBoxes(boxes.tolist(), scores.tolist(), LOWEST_SCORE, MAX_IOU), int
        ).reshape(-1)
        return boxes[kept], scores[kept]


def _grid(size: tuple[int, int]) -> tuple[Array, Array]:
    """Return the corner (x, y) of every cell of the three levels, and its stride."""
    corners, strides = [], []
    for stride in (8, 16, 32):
        columns, rows = np.meshgrid(np.arange(size[0] // stride), np.arange(size[1] // stride))
        corners.append(np.stack((columns, rows), 2).reshape(-1, 2))
        strides.append(np.full((columns.size, 1), stride))
    return np.concatenate(corners).astype(np.float32), np.concatenate(strides).astype(np.float32)
