# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

import math

import pytest
import torch
from torch import Tensor

from fairmot_ros.network.deform_conv import DeformConv2d


def bilinear(image: Tensor, y: float, x: float) -> Tensor:
    """Read [C, H, W] at one place; each corner outside counts as zero."""
    top, left = math.floor(y), math.floor(x)
    value = torch.zeros(image.shape[0])
    for row, column in ((top, left), (top, left + 1), (top + 1, left), (top + 1, left + 1)):
        if 0 <= row < image.shape[1] and 0 <= column < image.shape[2]:
            weight = (1 - abs(y - row)) * (1 - abs(x - column))
            value += weight * image[:, row, column]
    return value


def slow_deform_conv(layer: DeformConv2d, image: Tensor) -> Tensor:
    """The definition, one output pixel and one tap at a time."""
    control = layer.conv_offset_mask(image)[0]
    out = layer.bias.view(-1, 1, 1).repeat(1, *image.shape[2:]).clone()
    for y in range(image.shape[2]):
        for x in range(image.shape[3]):
            for tap in range(9):
                dy, dx = control[2 * tap, y, x].item(), control[2 * tap + 1, y, x].item()
                sample = bilinear(image[0], y - 1 + tap // 3 + dy, x - 1 + tap % 3 + dx)
                mask = torch.sigmoid(control[18 + tap, y, x])
                out[:, y, x] += layer.weight[:, :, tap // 3, tap % 3] @ (sample * mask)
    return out[None]


@pytest.mark.parametrize('spread', [0.0, 0.5, 4.0], ids=['no offset', 'small', 'beyond borders'])
@torch.no_grad()
def test_equals_its_definition(spread: float) -> None:
    torch.manual_seed(0)
    layer = DeformConv2d(3, 4)
    layer.conv_offset_mask.weight.normal_(0, spread / 5)
    layer.conv_offset_mask.bias.normal_(0, spread)
    layer.bias.normal_()
    image = torch.randn(1, 3, 7, 9)
    assert torch.allclose(layer(image), slow_deform_conv(layer, image), atol=1e-5)


@torch.no_grad()
def test_fresh_layer_is_half_a_convolution() -> None:
    layer = DeformConv2d(5, 6)
    image = torch.randn(2, 5, 8, 8)
    plain = torch.nn.functional.conv2d(image, layer.weight, padding=1)
    assert torch.allclose(layer(image), 0.5 * plain, atol=1e-5)


def test_gradients_reach_the_offsets() -> None:
    layer = DeformConv2d(2, 2)
    torch.nn.init.normal_(layer.conv_offset_mask.weight)
    layer(torch.randn(1, 2, 6, 6)).square().sum().backward()
    assert layer.conv_offset_mask.weight.grad is not None
    assert layer.conv_offset_mask.weight.grad[:18].abs().sum() > 0
