# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Compiled OpenVINO models: images in, named maps out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from fairmot_ros.detector.engines.base import EngineOptions, Image
from fairmot_ros.detector.engines.host_input import HostInput
from fairmot_ros.detector.engines.openvino_core import openvino_core
from fairmot_ros.network.base import ModelInfo
from fairmot_ros.network.registry import ARCHITECTURES

#: OpenVINO's names of the precisions. Quantised operators of int8 models say so themselves.
PRECISION_HINTS = {'fp32': 'f32', 'bf16': 'bf16', 'fp16': 'f16', 'int8': 'f32'}


class CompiledMaps:
    """Runs a model of `openvino_conversion.convert` on the CPU."""

    def __init__(
        self,
        model: Any,
        info: ModelInfo,
        size: tuple[int, int],
        precision: str,
        options: EngineOptions,
    ) -> None:
        """Compile the model; raises RuntimeError if OpenVINO cannot.

        Args:
            model: with inputs of a size.
            info: of the model.
            size: (width, height).
            precision: one of PRECISION_HINTS.
            options: of the engine.
        """
        self._to_input = HostInput(size, ARCHITECTURES[info.architecture].enlarge_images)
        self._names = [output.any_name for output in model.outputs]
        settings = {
            'PERFORMANCE_HINT': 'LATENCY',
            'NUM_STREAMS': 1,
            'INFERENCE_NUM_THREADS': options.threads or torch.get_num_threads(),
            'INFERENCE_PRECISION_HINT': PRECISION_HINTS[precision],
        }
        self.compiled = openvino_core().compile_model(model, 'CPU', settings)

    def __call__(self, images_bgr: Sequence[Image]) -> dict[str, Tensor]:
        """Return the maps of images, uint8 [H, W, 3] each; valid until the next call."""
        if len(images_bgr) == 1:
            # The maps stay in memory of the engine, where the next call overwrites them.
            outputs = self.compiled(self._to_input(images_bgr), share_outputs=True).values()
            values = [torch.from_numpy(part) for part in outputs]
        else:
            runs = [self.compiled(self._to_input([image])).values() for image in images_bgr]
            values = [torch.from_numpy(np.concatenate(parts)) for parts in zip(*runs)]
        return dict(zip(self._names, values, strict=True))


def native_precisions() -> tuple[str, ...]:
    """Return the reduced precisions for which this CPU has instructions, the fastest first."""
    known = openvino_core().get_property('CPU', 'OPTIMIZATION_CAPABILITIES')
    return tuple(name for name in ('bf16', 'fp16') if name.upper() in known)
