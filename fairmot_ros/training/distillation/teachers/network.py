# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Loading and running of teacher networks with OpenVINO."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.detector.engines.openvino_core import openvino_core
from fairmot_ros.training.data.problems import DataError


def read_network(path: Path) -> Any:
    """Read an .xml (OpenVINO IR) or .onnx file as an `openvino.Model`.

    Raises:
        DataError: if OpenVINO is not installed, or the file is missing or not readable.
    """
    try:
        core = openvino_core()
    except ImportError as error:
        raise DataError('teachers need OpenVINO: pip install openvino') from error
    if not path.is_file():
        raise DataError(f'no network at {path}: expected an OpenVINO .xml or an .onnx file')
    try:
        return core.read_model(str(path))
    except RuntimeError as error:
        raise DataError(f'cannot read the network {path}: OpenVINO rejects it') from error


class CompiledNetwork:
    """A network with one image input of fixed size, compiled for the CPU.

    Attributes:
        size: input size (width, height) in pixels.
    """

    def __init__(self, model: Any, size: tuple[int, int] | None = None) -> None:
        """Compile an `openvino.Model`, reshaped to the input `size` if given.

        Raises:
            DataError: if the network does not support the size.
        """
        try:
            if size is not None:
                model.reshape([1, 3, size[1], size[0]])
            self._compiled = openvino_core().compile_model(model, 'CPU')
        except RuntimeError as error:
            name = model.get_friendly_name()
            shown = 'its own size' if size is None else f'{size[0]}x{size[1]}'
            raise DataError(f'OpenVINO cannot run {name} at {shown}') from error
        _, _, height, width = self._compiled.input(0).shape
        self.size: tuple[int, int] = (width, height)

    def __call__(self, image_bgr: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
        """Return all outputs for an image of the input size, uint8 [H, W, 3], BGR."""
        blob = image_bgr.transpose(2, 0, 1)[None].astype(np.float32)
        return list(self._compiled(blob).to_tuple())
