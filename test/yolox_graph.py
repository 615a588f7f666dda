# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""YOLOX-nano as an ONNX file with random weights.

The shipped file is the published one without its weights, so it says how the network computes. The
weights made here follow from their names; the outputs with them were recorded with ONNX Runtime.
"""

from __future__ import annotations

import math
import tempfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from recordings import SHIPPED

GRAPH = SHIPPED / 'yolox_nano_graph.onnx'
ROWS = SHIPPED / 'yolox_nano_rows_96x64.npz'
GAIN = 2.6  # variance of the weights times their fan-in: outputs stay near 1
PIXEL_RANGE = 255.0  # of the input


def write_file(path: Path) -> Path:
    """Write the network with weights made from their names; returns the path."""
    import onnx

    model = onnx.load(GRAPH)
    for number, tensor in enumerate(_weights(model)):
        values = _values(tensor.name, tuple(tensor.dims))
        if number == 0:
            values /= PIXEL_RANGE
        tensor.raw_data = values.astype('<f4').tobytes()
    onnx.save(model, path)
    return path


def rows_of(session: Any, image_bgr: np.ndarray) -> np.ndarray:
    """Return the rows that a file gives for an image: box, objectness, score of person.

    Args:
        session: YOLOX-nano with any weights, loaded with ONNX Runtime.
        image_bgr: uint8 [H, W, 3], sides divisible by 32.
    """
    planes = image_bgr.transpose(2, 0, 1)[None].astype(np.float32)
    return session.run(None, {session.get_inputs()[0].name: planes})[0][0][:, :6]


def free_session(path: Path) -> Any:
    """Load a file with ONNX Runtime, with free input dimensions: it is fixed at 416 x 416."""
    import onnx
    import onnxruntime

    model = onnx.load(path)
    for dimension in model.graph.input[0].type.tensor_type.shape.dim[2:]:
        dimension.dim_param = 'free'
    del model.graph.output[0].type.tensor_type.shape.dim[:]
    return onnxruntime.InferenceSession(
        model.SerializeToString(), providers=['CPUExecutionProvider']
    )


def record(published: Path) -> None:
    """Write the graph of the published file, and its rows with the random weights."""
    import onnx

    model = onnx.load(published)
    for tensor in _weights(model):
        tensor.ClearField('raw_data')
    onnx.save(model, GRAPH)
    image = np.random.default_rng(0).integers(0, 256, (64, 96, 3), dtype=np.uint8)
    with tempfile.TemporaryDirectory() as folder:
        session = free_session(write_file(Path(folder) / 'yolox_nano.onnx'))
    rows = rows_of(session, image)
    np.savez_compressed(ROWS, image_bgr=image, rows=rows)


def _weights(model: Any) -> list[Any]:
    """Return weight and bias of all convolutions, in the order in which they run."""
    tensors = {tensor.name: tensor for tensor in model.graph.initializer}
    convolutions = [node for node in model.graph.node if node.op_type == 'Conv']
    return [tensors[name] for node in convolutions for name in node.input[1:3]]


def _values(name: str, shape: tuple[int, ...]) -> np.ndarray:
    random = np.random.RandomState(zlib.crc32(name.encode()))
    count = math.prod(shape)
    if len(shape) == 1:
        return 0.1 * random.standard_normal(count)
    return random.standard_normal(count) * math.sqrt(GAIN / math.prod(shape[1:]))
