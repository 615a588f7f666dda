# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Sentences about frames that failed."""

from __future__ import annotations

from fairmot_ros.memory import is_out_of_memory, words_of_library


def is_mistake(error: BaseException) -> bool:
    """Return whether a failure is none of this package: no traceback is needed to explain it."""
    return isinstance(error, ValueError) or is_out_of_memory(error)


def describe(error: BaseException) -> str:
    """Return an exception as one sentence."""
    if isinstance(error, ValueError):
        return str(error)
    if not is_out_of_memory(error):
        return f'{type(error).__name__}: {error}'
    return (
        f'out of memory ({words_of_library(error)}): end other processes, or use smaller images, '
        'a smaller input_size or fewer cameras'
    )
