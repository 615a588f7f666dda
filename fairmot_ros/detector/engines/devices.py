# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Choice of device, precision and execution."""

from __future__ import annotations

import gc

import torch

#: TF32 rounds the inputs of convolutions of float32 maps, see `gpu_arithmetic`.
PRECISIONS = {
    'fp32': torch.float32,
    'tf32': torch.float32,
    'fp16': torch.float16,
    'bf16': torch.bfloat16,
}
EXECUTIONS = ('eager', 'graphs', 'compiled')


def choose_device(device: str) -> torch.device:
    """Return the torch device for 'auto', 'cpu', 'cuda' or 'cuda:N'.

    Raises:
        ValueError: if the name is unknown, or a GPU is requested and there is none.
    """
    if device == 'auto':
        return torch.device('cuda' if torch.cuda.is_available() else 'cpu')
    kind, _, number = device.partition(':')
    if kind not in ('cpu', 'cuda') or (number and not number.isdigit()):
        raise ValueError(f"device must be 'auto', 'cpu', 'cuda' or 'cuda:N', got {device!r}")
    if kind == 'cuda':
        count = torch.cuda.device_count() if torch.cuda.is_available() else 0
        if int(number or 0) >= count:
            raise ValueError(
                f'device {device!r} is not available: torch {torch.__version__} finds {count} '
                "CUDA devices; use device 'cpu' or install a torch build for your GPU's driver"
            )
    return torch.device(device)


def choose_precision(precision: str, device: torch.device) -> str:
    """Return a name of PRECISIONS; 'auto' is fp16 on a GPU and fp32 on the CPU.

    Raises:
        ValueError: on an unknown name, or one that the device lacks.
    """
    if precision == 'auto':
        return 'fp16' if device.type == 'cuda' else 'fp32'
    if precision == 'int8':
        raise ValueError('precision int8 needs int8 weights: create them with fairmot-export')
    if precision not in PRECISIONS:
        raise ValueError(
            f"precision must be 'auto', {', '.join(map(repr, PRECISIONS))}, got {precision!r}"
        )
    if precision == 'tf32' and device.type != 'cuda':
        raise ValueError("precision 'tf32' needs a GPU: use 'fp32'")
    return precision


def reason_of_choice(precision: str) -> str:
    """Return why `choose_precision` returned what it did."""
    return "'auto' is fp16 on a GPU and fp32 on the CPU" if precision == 'auto' else 'as requested'


def free_device_memory() -> None:
    """Return the GPU memory of deleted networks to other processes."""
    if torch.cuda.is_available():
        gc.collect()
        torch.cuda.empty_cache()


def choose_execution(execution: str, device: torch.device) -> str:
    """Return how torch runs a network: 'eager', 'graphs' or 'compiled'.

    'auto' is CUDA graphs on a GPU and eager on the CPU. Compiled functions run in graphs too. On
    the CPU, 'graphs' computes the same as on a GPU, without recording it.

    Raises:
        ValueError: on an unknown name.
    """
    if execution == 'auto':
        return 'graphs' if device.type == 'cuda' else 'eager'
    if execution not in EXECUTIONS:
        raise ValueError(
            f"execution must be 'auto', {', '.join(map(repr, EXECUTIONS))}, got {execution!r}"
        )
    return execution
