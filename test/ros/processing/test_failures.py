# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Sentences about failures; those of the libraries are provoked, as far as a CPU can."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
import torch

from fairmot_ros.memory import is_out_of_memory
from fairmot_ros.ros.processing.failures import describe, is_mistake

TOO_MANY = 2**60  # bytes; more than any address space
SIDE = 2**29  # of an image with about as many


def allocate_with_numpy() -> None:
    np.empty(TOO_MANY, np.uint8)


def allocate_with_torch() -> None:
    torch.empty(TOO_MANY, dtype=torch.uint8)


def allocate_with_opencv() -> None:
    cv2.resize(np.zeros((9, 9, 3), np.uint8), (SIDE, SIDE))


def allocate_with_python() -> None:
    bytearray(TOO_MANY)


@pytest.mark.parametrize(
    'allocate',
    [allocate_with_numpy, allocate_with_torch, allocate_with_opencv, allocate_with_python],
)
def test_lack_of_memory_is_recognised_in_every_library(allocate) -> None:
    with pytest.raises(Exception) as caught:
        allocate()
    assert is_out_of_memory(caught.value), repr(caught.value)
    text = describe(caught.value)
    assert text.startswith('out of memory (')
    assert text.endswith('use smaller images, a smaller input_size or fewer cameras')
    assert '\n' not in text
    assert is_mistake(caught.value)


@pytest.mark.parametrize(
    'text',
    [
        'CUDA out of memory. Tried to allocate 20.00 MiB.',
        'CUDA error: out of memory',
        'CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`',
        'Exception from src/inference/src/cpp/infer_request.cpp:223:\nstd::bad_alloc',
    ],
)
def test_lack_of_memory_is_recognised_in_the_texts_of_gpus(text: str) -> None:
    assert is_out_of_memory(RuntimeError(text))
    assert describe(RuntimeError(text)).startswith('out of memory (')


def test_other_failures_are_named_by_type_and_need_a_traceback() -> None:
    assert describe(KeyError('boxes')) == "KeyError: 'boxes'"
    assert not is_mistake(KeyError('boxes'))


def test_text_of_a_mistake_is_the_sentence() -> None:
    error = ValueError('the sender wrote out of memory')
    assert describe(error) == 'the sender wrote out of memory'
    assert is_mistake(error)
    assert not is_out_of_memory(error)
