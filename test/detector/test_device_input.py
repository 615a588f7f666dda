# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The input on a device is that of the host, to one grey level; on the CPU too."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from fairmot_ros.detector.engines.device_input import DeviceInput
from fairmot_ros.detector.engines.host_input import HostInput, as_array

SIZE = (160, 96)
SHAPES = [(70, 90), (96, 160), (300, 133), (192, 320), (1, 40), (1, 1), (48, 80), (97, 163)]
DEVICES = ['cpu', pytest.param('cuda', marks=pytest.mark.gpu)]


def images(seed: int = 0) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [rng.integers(0, 256, (*shape, 3), dtype=np.uint8) for shape in SHAPES]


@pytest.mark.parametrize('device', DEVICES)
@pytest.mark.parametrize('enlarge', [True, False])
def test_images_are_scaled_as_on_the_host(device: str, enlarge: bool) -> None:
    on_device = DeviceInput(SIZE, enlarge, torch.device(device))
    on_host = HostInput(SIZE, enlarge, channels_last=True)
    for seed in range(2):
        batch = images(seed)[:: 1 - 2 * seed]
        difference = 255 * np.abs(on_device(batch).cpu().numpy() - on_host(batch))
        assert difference.max() < 1.001
        # Ties are rounded otherwise where a pixel is the mean of four; the rest is rare.
        tied = [image.shape[:2] == (192, 320) for image in batch]
        assert (difference[~np.array(tied)] > 0.5).mean() < 0.02


@pytest.mark.parametrize('device', DEVICES)
@pytest.mark.parametrize('channels_last', [True, False])
def test_images_on_the_device_are_read_there(device: str, channels_last: bool) -> None:
    to_input = DeviceInput(SIZE, True, torch.device(device), channels_last=channels_last)
    expected = to_input(images()).clone()
    mixed = [torch.from_numpy(image).to(device) for image in images()]
    mixed[1] = torch.from_numpy(images()[1])
    mixed[2] = images()[2]
    assert torch.equal(to_input(mixed), expected)
    layout = torch.channels_last if channels_last else torch.contiguous_format
    assert to_input(mixed).is_contiguous(memory_format=layout)
    assert to_input(mixed).data_ptr() == to_input(images()).data_ptr()


def test_read_only_and_mirrored_arrays_are_taken() -> None:
    to_input = DeviceInput(SIZE, True, torch.device('cpu'))
    image = images()[0]
    expected = to_input([image[:, ::-1].copy()]).clone()
    image.flags.writeable = False
    assert torch.equal(to_input([image[:, ::-1]]), expected)


def test_an_image_on_another_device_is_named() -> None:
    elsewhere = torch.zeros((4, 4, 3), dtype=torch.uint8, device='meta')
    with pytest.raises(ValueError, match='the image is on meta and the network on cpu: pass an'):
        DeviceInput(SIZE, True, torch.device('cpu'))([elsewhere])
    with pytest.raises(ValueError, match="the image is on meta and the network on the CPU: .*'me"):
        as_array(elsewhere)
