# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The input on the CPU is what OpenCV's functions compute, in a buffer that is used again."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import torch

from fairmot_ros.detector.engines.host_input import HostInput
from fairmot_ros.detector.letterbox import letterbox

SIZE = (160, 96)
SHAPES = [(70, 90), (96, 160), (300, 133), (1, 40), (120, 160)]


def images(seed: int = 0) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [rng.integers(0, 256, (*shape, 3), dtype=np.uint8) for shape in SHAPES]


@pytest.mark.parametrize('enlarge', [True, False])
def test_planes_are_those_of_opencv_to_the_bit(enlarge: bool) -> None:
    to_input = HostInput(SIZE, enlarge)
    for seed in range(2):  # the second batch finds the border of the first
        batch = images(seed)[:: 1 - 2 * seed]
        boxed = [letterbox(image, SIZE, enlarge) for image in batch]
        expected = cv2.dnn.blobFromImages(boxed, 1 / 255, swapRB=True, crop=False)
        assert np.array_equal(to_input(batch), expected)


def test_pixels_are_those_of_torch_to_the_bit() -> None:
    got = torch.from_numpy(HostInput(SIZE, channels_last=True)(images()))
    boxed = np.stack([letterbox(image, SIZE) for image in images()])
    expected = torch.from_numpy(boxed).permute(0, 3, 1, 2).flip(1).float().div_(255)
    assert torch.equal(got, expected)
    assert got.is_contiguous(memory_format=torch.channels_last)


def test_views_and_tensors_are_read_as_they_are() -> None:
    to_input = HostInput(SIZE)
    image = images()[2]
    expected = to_input([image[::2, ::-1].copy()]).copy()
    assert np.array_equal(to_input([image[::2, ::-1]]), expected)
    assert np.array_equal(to_input([torch.from_numpy(image[::2, ::-1].copy())]), expected)


def test_the_buffer_of_a_number_of_images_is_used_again() -> None:
    to_input = HostInput(SIZE)
    first, second = to_input(images()), to_input(images(1))
    assert np.shares_memory(first, second)
    assert not np.shares_memory(first, to_input(images()[:1]))
