# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Peaks of the machine: operations per second of a matrix product, bytes per second of a copy."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec

import numpy as np
import torch
from torch import Tensor

from benchmarks.calibration import Work
from fairmot_ros.detector.engines.openvino_core import openvino_core
from fairmot_ros.detector.engines.openvino_maps import PRECISION_HINTS

PRECISIONS = ('fp32', 'bf16')
SIDE = 1536  # of the matrices: large enough for the peak, small enough for a turn
COPIED = 64 * 2**20  # bytes, more than the caches hold


@dataclass(frozen=True)
class Peaks:
    """Largest rates of this machine with the threads that networks get.

    Attributes:
        products: operations per second of a matrix product by precision; a multiplication and an
            addition are two.
        copy: bytes per second that a copy reads and writes.
    """

    products: dict[str, float]
    copy: float

    def floor(self, operations: float, size: float, precision: str = 'fp32') -> float:
        """Return the least milliseconds for some operations that touch `size` bytes."""
        return 1e3 * max(operations / self.products[precision], size / self.copy)


def works() -> dict[str, Work]:
    """Return the works whose times `read` takes."""
    source = torch.ones(COPIED // 4)
    target = torch.empty_like(source)

    a, b = torch.rand(SIDE, SIDE), torch.rand(SIDE, SIDE)
    a_bf16, b_bf16 = a.bfloat16(), b.bfloat16()
    found: dict[str, Work] = {
        'peak: fp32, torch': lambda: a @ b,
        'peak: bf16, torch': lambda: a_bf16 @ b_bf16,
        'peak: copy': lambda: target.copy_(source),
    }
    if find_spec('openvino'):
        found |= {f'peak: {name}, openvino': _openvino_product(a, b, name) for name in PRECISIONS}
    return found


def _openvino_product(a: Tensor, b: Tensor, precision: str) -> Work:
    import openvino
    from openvino import opset13

    x = opset13.parameter([SIDE, SIDE], np.float32)
    model = openvino.Model([opset13.matmul(x, opset13.constant(b.numpy()), False, False)], [x])
    settings = {
        'INFERENCE_NUM_THREADS': torch.get_num_threads(),
        'INFERENCE_PRECISION_HINT': PRECISION_HINTS[precision],
    }
    compiled = openvino_core().compile_model(model, 'CPU', settings)
    return lambda: compiled(a.numpy(), share_outputs=True)


def read(milliseconds: dict[str, float]) -> Peaks:
    """Return the peaks from the times of `works`: the fastest library counts."""
    operations = 2 * SIDE**3
    best = {
        name: min(t for work, t in milliseconds.items() if work.startswith(f'peak: {name}'))
        for name in PRECISIONS
    }
    return Peaks(
        {name: 1e3 * operations / time for name, time in best.items()},
        1e3 * 2 * COPIED / milliseconds['peak: copy'],
    )
