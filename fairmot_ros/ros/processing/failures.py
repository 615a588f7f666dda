# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Sentences about frames that failed."""

from __future__ import annotations

#: Words by which the libraries say that memory is lacking, in exceptions of a general type.
MEMORY_WORDS = (
    'out of memory',  # CUDA
    'ALLOC_FAILED',  # cuBLAS, cuDNN
    "can't allocate memory",  # torch on the CPU
    'bad_alloc',  # OpenVINO, ONNX Runtime
    'Failed to allocate',  # ONNX Runtime, OpenCV
    'Insufficient memory',  # OpenCV
)
MAX_DETAIL = 200  # characters of a library's own text


def is_out_of_memory(error: BaseException) -> bool:
    """Return whether an exception says that the machine or its GPU lacks memory."""
    if isinstance(error, MemoryError):
        return True
    text = str(error)
    return not isinstance(error, ValueError) and any(words in text for words in MEMORY_WORDS)


def is_mistake(error: BaseException) -> bool:
    """Return whether a failure is none of this package: no traceback is needed to explain it."""
    return isinstance(error, ValueError) or is_out_of_memory(error)


def describe(error: BaseException) -> str:
    """Return an exception as one sentence."""
    if isinstance(error, ValueError):
        return str(error)
    if not is_out_of_memory(error):
        return f'{type(error).__name__}: {error}'
    detail = ' '.join(str(error).split())[:MAX_DETAIL] or type(error).__name__
    return (
        f'out of memory ({detail}): end other processes, or use smaller images, a smaller '
        'input_size or fewer cameras'
    )
