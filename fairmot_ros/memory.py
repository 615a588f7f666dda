# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Lack of memory, which every library reports in its own way."""

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


def words_of_library(error: BaseException) -> str:
    """Return what a library says of its lack of memory, in one line."""
    return ' '.join(str(error).split())[:MAX_DETAIL] or type(error).__name__
