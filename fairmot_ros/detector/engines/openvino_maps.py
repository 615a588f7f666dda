"""Compiled OpenVINO models: images in, named maps out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from fairmot_ros.detector.engines.openvino_core import openvino_core

#: OpenVINO's names of the precisions. Quantised operators of int8 models say so themselves.
PRECISION_HINTS = {'fp32': 'f32', 'bf16': 'bf16', 'fp16': 'f16', 'int8': 'f32'}


class CompiledMaps:
    """Runs a model of `openvino_conversion.convert` on the CPU.

    Attributes:
        names: of the maps.
    """

    def __init__(self, model: Any, precision: str) -> None:
        """Compile the model; raises RuntimeError if OpenVINO cannot."""
        options = {
            'PERFORMANCE_HINT': 'LATENCY',
            'NUM_STREAMS': 1,
            'INFERENCE_NUM_THREADS': torch.get_num_threads(),
            'INFERENCE_PRECISION_HINT': PRECISION_HINTS[precision],
        }
        self._compiled = openvino_core().compile_model(model, 'CPU', options)
        self.names = [output.any_name for output in model.outputs]

    def __call__(self, images_bgr: Sequence[NDArray[np.uint8]]) -> dict[str, Tensor]:
        """Return the maps of images, uint8 [H, W, 3] each; valid until the next call."""
        if len(images_bgr) == 1:
            # The maps stay in memory of the engine, where the next call overwrites them.
            outputs = self._compiled(images_bgr[0][None], share_outputs=True).values()
            values = [torch.from_numpy(part) for part in outputs]
        else:
            runs = [self._compiled(image[None]).values() for image in images_bgr]
            values = [torch.from_numpy(np.concatenate(parts)) for parts in zip(*runs)]
        return dict(zip(self.names, values, strict=True))


def native_precisions() -> tuple[str, ...]:
    """Return the reduced precisions for which this CPU has instructions, the fastest first."""
    known = openvino_core().get_property('CPU', 'OPTIMIZATION_CAPABILITIES')
    return tuple(name for name in ('bf16', 'fp16') if name.upper() in known)
