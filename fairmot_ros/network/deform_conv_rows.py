# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Modulated deformable convolution as weighted sums of rows, for inference on a GPU.

`deform_conv2d` computes the same. It samples in float32, converts and weights the samples one
after the other, which moves about four times the memory. Here each tap of each pixel is one
weighted sum of four pixels in the type of the network, written once.
"""

from __future__ import annotations

import torch
from torch import Tensor

from fairmot_ros.network.deform_conv import TAPS
from fairmot_ros.network.row_sums import weighted_rows


def deform_conv2d_rows(
    x: Tensor, offset: Tensor, mask: Tensor, weight: Tensor, bias: Tensor
) -> Tensor:
    """Compute `deform_conv2d` without gradients.

    Args:
        x: [B, C, H, W], best with channels last.
        offset: float32 [B, 18, H, W], (dy, dx) in pixels of each tap.
        mask: [B, 9, H, W], weight of each tap.
        weight: [O, C, 3, 3].
        bias: [O].

    Returns:
        [B, O, H, W], channels last. What lies outside the image counts as zero.
    """
    batch, channels, height, width = x.shape
    pixels = x.permute(0, 2, 3, 1).reshape(-1, channels)
    places = offset.view(batch, TAPS, 2, height, width).permute(0, 3, 4, 1, 2)
    rows, shares = _corners(places + _tap_places(height, width, x.device))
    shares = shares * mask.permute(0, 2, 3, 1)[..., None]
    samples = weighted_rows(pixels, rows.flatten(0, 3), shares.flatten(0, 3).to(x.dtype))
    kernel = weight.permute(2, 3, 1, 0).reshape(TAPS * channels, -1)
    out = torch.addmm(bias, samples.view(-1, TAPS * channels), kernel)
    return out.view(batch, height, width, -1).permute(0, 3, 1, 2)


def _tap_places(height: int, width: int, device: torch.device) -> Tensor:
    """Return (y, x) of every tap of every pixel without offsets, float32 [H, W, 9, 2]."""
    step = torch.arange(-1, 2, device=device, dtype=torch.float32)
    y = torch.arange(height, device=device)[:, None, None, None] + step[:, None]
    x = torch.arange(width, device=device)[None, :, None, None] + step
    return torch.stack(torch.broadcast_tensors(y, x), -1).flatten(2, 3)


def _corners(places: Tensor) -> tuple[Tensor, Tensor]:
    """Return the four pixels around places and their shares in bilinear interpolation.

    Args:
        places: float32 [B, H, W, 9, 2], (y, x) in pixels.

    Returns:
        int32 [B, H, W, 9, 4], rows of the batch's pixels, and float32 [B, H, W, 9, 4]; the share
        of what lies outside is 0.
    """
    batch, height, width = places.shape[:3]
    low = places.floor()
    corner = torch.arange(2, device=places.device)
    pixel = low[..., None] + corner  # [B, H, W, 9, (y, x), 2]
    share = (1 - corner - (places - low)[..., None]).abs()
    # Limited as integers: offsets that are not finite must not lead to rows that do not exist.
    y = pixel[..., 0, :].int().clamp(0, height - 1)
    x = pixel[..., 1, :].int().clamp(0, width - 1)
    share_y = share[..., 0, :] * (y == pixel[..., 0, :])
    share_x = share[..., 1, :] * (x == pixel[..., 1, :])
    first = torch.arange(batch, device=places.device, dtype=torch.int32) * height
    y = y + first.view(-1, 1, 1, 1, 1)
    rows = y[..., :, None] * width + x[..., None, :]
    shares = share_y[..., :, None] * share_x[..., None, :]
    return rows.flatten(4), shares.flatten(4)
