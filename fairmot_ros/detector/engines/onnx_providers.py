# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Choosing what runs an exported network inside ONNX Runtime."""

from __future__ import annotations

from typing import Any

import torch

from fairmot_ros.detector.engines.devices import choose_device

CPU, CUDA, TENSORRT = (
    f'{name}ExecutionProvider' for name in ('CPU', 'CUDA', 'Tensorrt')
)  # by order of preference, the last first
#: The first version with the option `use_tf32`, without which TF32 is used.
TF32_VERSION = (1, 18)

Provider = tuple[str, dict[str, Any]]


def choose_providers(
    device: str, runtime: Any, *, tensorrt: bool = False
) -> tuple[torch.device, list[Provider]]:
    """Return the device and ONNX Runtime's providers for it, with their options.

    Args:
        device: 'auto', 'cpu', 'cuda' or 'cuda:N'; 'auto' is a GPU where ONNX Runtime has one.
        runtime: the module onnxruntime.
        tensorrt: prefer TensorRT to CUDA.

    Raises:
        ValueError: if this ONNX Runtime lacks what is requested.
    """
    available = runtime.get_available_providers()
    if device == 'auto':
        chosen = torch.device('cuda' if CUDA in available else 'cpu')
    else:
        chosen = choose_device(device)
    needed = [CPU]
    if chosen.type == 'cuda':
        needed = [TENSORRT, CUDA] if tensorrt else [CUDA]
    elif tensorrt:
        raise ValueError('TensorRT runs on a GPU: use device cuda')
    if missing := [name for name in needed if name not in available]:
        raise ValueError(
            f'device {device!r} is not available: this onnxruntime has only '
            f'{", ".join(available)} and not {", ".join(missing)}: install onnxruntime-gpu, or '
            'use device cpu'
        )
    return chosen, [(name, _options(name, chosen, runtime)) for name in needed]


def _options(provider: str, device: torch.device, runtime: Any) -> dict[str, Any]:
    if provider == CPU:
        return {}
    options: dict[str, Any] = {'device_id': device.index or 0}
    version = tuple(int(part) for part in runtime.__version__.split('.')[:2])
    if provider == CUDA and version >= TF32_VERSION:
        options['use_tf32'] = 0
    return options
