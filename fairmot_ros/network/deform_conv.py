# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Modulated deformable convolution (DCNv2, Zhu et al. 2019) in plain torch."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

TAPS = 9  # of the 3 x 3 kernel, row by row


class DeformConv2d(nn.Module):
    """3 x 3 convolution whose taps are moved and weighted by the input itself.

    Stride 1, padding 1, one deformable group. Parameter names are those of the published
    checkpoints: ``weight``, ``bias`` and the ``conv_offset_mask`` convolution, whose 27
    channels hold (dy, dx) of each tap, interleaved, then nine mask logits.

    Attributes:
        convolve: `deform_conv2d`, or a function with the same arguments.
    """

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.convolve: Callable[..., Tensor] = deform_conv2d
        self.weight = nn.Parameter(torch.empty(out_channels, in_channels, 3, 3))
        self.bias = nn.Parameter(torch.zeros(out_channels))
        self.conv_offset_mask = nn.Conv2d(in_channels, 3 * TAPS, 3, padding=1)
        bound = 1.0 / math.sqrt(in_channels * TAPS)
        nn.init.uniform_(self.weight, -bound, bound)
        for parameter in self.conv_offset_mask.parameters():
            nn.init.zeros_(parameter)

    def forward(self, x: Tensor) -> Tensor:
        """Map [B, C, H, W] to [B, O, H, W]."""
        offset_mask = self.conv_offset_mask(x)
        offset = offset_mask[:, : 2 * TAPS].float()
        mask = offset_mask[:, 2 * TAPS :].sigmoid()
        return self.convolve(x, offset, mask, self.weight, self.bias)


def deform_conv2d(x: Tensor, offset: Tensor, mask: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """Sample each tap bilinearly where its offset points, weight it, then convolve.

    Args:
        x: [B, C, H, W].
        offset: float32 [B, 18, H, W], (dy, dx) in pixels of each tap. Sampling stays in
            float32, since half precision cannot address the pixels of a large map.
        mask: [B, 9, H, W], weight of each tap.
        weight: [O, C, 3, 3].
        bias: [O].

    Returns:
        [B, O, H, W]. What lies outside the image counts as zero.
    """
    batch, channels, height, width = x.shape
    offset = offset.reshape(batch, TAPS, 2, height, width)
    step = torch.arange(3, device=x.device, dtype=offset.dtype) - 1
    tap_y = step.repeat_interleave(3).view(TAPS, 1, 1)
    tap_x = step.repeat(3).view(TAPS, 1, 1)
    rows = torch.arange(height, device=x.device, dtype=offset.dtype).view(1, height, 1)
    columns = torch.arange(width, device=x.device, dtype=offset.dtype).view(1, 1, width)
    # grid_sample expects -1..1 between the centres of the first and the last pixel.
    grid = torch.stack(
        (
            (columns + tap_x + offset[:, :, 1]) * (2.0 / max(width - 1, 1)) - 1.0,
            (rows + tap_y + offset[:, :, 0]) * (2.0 / max(height - 1, 1)) - 1.0,
        ),
        dim=-1,
    )
    sampled = F.grid_sample(
        x.float(),
        grid.view(batch, TAPS * height, width, 2),
        padding_mode='zeros',
        align_corners=True,
    ).to(x.dtype)
    sampled = sampled.reshape(batch, channels, TAPS, height * width)
    sampled = sampled * mask.reshape(batch, 1, TAPS, height * width)
    columns_matrix = sampled.reshape(batch, channels * TAPS, height * width)
    out = weight.reshape(1, weight.shape[0], -1) @ columns_matrix
    return out.view(batch, -1, height, width) + bias.view(1, -1, 1, 1)
