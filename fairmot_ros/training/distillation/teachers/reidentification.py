# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Re-identification networks as teachers of the embedding."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.training.data.problems import DataError
from fairmot_ros.training.distillation.teachers.network import CompiledNetwork, read_network
from fairmot_ros.training.distillation.teachers.preprocessing import resize


class ReidTeacher:
    """A network that maps a crop of a person to an embedding, such as retail-0277.

    Input: BGR 0..255, the crop stretched to the input size. Output: embedding [1, T].

    Attributes:
        size: length T of the embedding.
    """

    def __init__(self, path: Path) -> None:
        """Load an .xml or .onnx file.

        Raises:
            DataError: if the file is missing or not a re-identification network.
        """
        model = read_network(path)
        if len(model.outputs) != 1 or len(model.output(0).partial_shape) != 2:
            raise DataError(
                f'{path} is not a re-identification network: expected one output [1, T]'
            )
        self._network = CompiledNetwork(model)
        self.size: int = model.output(0).shape[1]

    def __call__(self, image_bgr: NDArray[np.uint8], box: Sequence[float]) -> NDArray[np.float32]:
        """Return the embedding [T] of the person in a box (left, top, right, bottom).

        The box is clipped to the image; at least one pixel remains.
        """
        height, width = image_bgr.shape[:2]
        left, top = (min(max(int(v), 0), size - 1) for v, size in zip(box, (width, height)))
        right = min(max(round(box[2]), left + 1), width)
        bottom = min(max(round(box[3]), top + 1), height)
        crop = image_bgr[top:bottom, left:right]
        return self._network(resize(crop, self._network.size))[0].reshape(-1)
