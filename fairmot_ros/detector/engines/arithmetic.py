# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Torch's switches for the arithmetic on a GPU, set for the duration of a call."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

import torch

#: The switches belong to the process: one thread at a time sets and uses them.
_switches = threading.RLock()


@contextlib.contextmanager
def gpu_arithmetic(*, tf32: bool, deterministic: bool, tune: bool) -> Iterator[None]:
    """Set how cuDNN and cuBLAS compute, and restore the switches afterwards.

    Args:
        tf32: let convolutions round float32 inputs to TF32, which has the mantissa of fp16.
            Products of matrices always compute in float32: the embeddings are read by them.
        deterministic: take deterministic algorithms alone, and do not time several.
        tune: time several algorithms for every new shape, unless `deterministic`.
    """
    cudnn, matmul = torch.backends.cudnn, torch.backends.cuda.matmul
    with _switches:
        before = cudnn.deterministic, cudnn.benchmark, cudnn.allow_tf32, matmul.allow_tf32
        cudnn.deterministic, cudnn.benchmark = deterministic, tune and not deterministic
        cudnn.allow_tf32, matmul.allow_tf32 = tf32, False
        try:
            yield
        finally:
            cudnn.deterministic, cudnn.benchmark, cudnn.allow_tf32, matmul.allow_tf32 = before
