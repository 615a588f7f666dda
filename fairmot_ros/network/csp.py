# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Building blocks of the CSP networks: YOLOv5's, which YOLOX shares."""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Conv(nn.Module):
    """Convolution without bias, batch norm and SiLU."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel: int = 1,
        stride: int = 1,
        groups: int = 1,
    ) -> None:
        super().__init__()
        self.conv = nn.Conv2d(
            in_channels, out_channels, kernel, stride, kernel // 2, groups=groups, bias=False
        )
        self.bn = nn.BatchNorm2d(out_channels, eps=1e-3, momentum=0.03)
        self.act = nn.SiLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        return self.act(self.bn(self.conv(x)))


class SeparableConv(nn.Module):
    """Depthwise then pointwise convolution, each with batch norm and SiLU."""

    def __init__(
        self, in_channels: int, out_channels: int, kernel: int = 3, stride: int = 1
    ) -> None:
        super().__init__()
        self.dconv = Conv(in_channels, in_channels, kernel, stride, groups=in_channels)
        self.pconv = Conv(in_channels, out_channels)

    def forward(self, x: Tensor) -> Tensor:
        return self.pconv(self.dconv(x))


class Focus(nn.Module):
    """Fold 2 x 2 pixels into channels, then convolve.

    Attributes:
        by_channel: whether the four pixels of a channel follow each other, as `pixel_unshuffle`
            has them, or all channels of a pixel, as YOLOv5 and its checkpoints have them.
    """

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.conv = Conv(4 * in_channels, out_channels, 3)
        self.by_channel = False

    @torch.no_grad()
    def order_by_channel(self) -> None:
        """Reorder the weights for `pixel_unshuffle`, which is one operator instead of nine."""
        if self.by_channel:
            return
        weight = self.conv.conv.weight
        corners = weight.unflatten(1, (2, 2, -1))  # column, row and channel of each input
        weight.copy_(corners.permute(0, 3, 2, 1, 4, 5).flatten(1, 3))
        self.by_channel = True

    def forward(self, x: Tensor) -> Tensor:
        if self.by_channel:
            return self.conv(F.pixel_unshuffle(x, 2))
        even_rows, odd_rows = x[..., ::2, :], x[..., 1::2, :]
        corners = (
            even_rows[..., ::2],
            odd_rows[..., ::2],
            even_rows[..., 1::2],
            odd_rows[..., 1::2],
        )
        return self.conv(torch.cat(corners, 1))


ConvType = Callable[[int, int, int], nn.Module]


class Bottleneck(nn.Module):
    """1 x 1 then 3 x 3 convolution, with or without a shortcut."""

    def __init__(self, channels: int, *, shortcut: bool, conv: ConvType = Conv) -> None:
        super().__init__()
        self.cv1 = Conv(channels, channels)
        self.cv2 = conv(channels, channels, 3)
        self.shortcut = shortcut

    def forward(self, x: Tensor) -> Tensor:
        y = self.cv2(self.cv1(x))
        return x + y if self.shortcut else y


class C3(nn.Module):
    """Cross-stage partial block: half of the channels bypass the bottlenecks."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        repeats: int = 1,
        *,
        shortcut: bool = True,
        conv: ConvType = Conv,
    ) -> None:
        """Build the block; `conv` makes the 3 x 3 convolutions of the bottlenecks."""
        super().__init__()
        hidden = out_channels // 2
        self.cv1 = Conv(in_channels, hidden)
        self.cv2 = Conv(in_channels, hidden)
        self.cv3 = Conv(2 * hidden, out_channels)
        self.m = nn.Sequential(
            *(Bottleneck(hidden, shortcut=shortcut, conv=conv) for _ in range(repeats))
        )

    def forward(self, x: Tensor) -> Tensor:
        inner, bypass = self.cv1(x), self.cv2(x)
        return self.cv3(torch.cat((self.m(inner), bypass), 1))


class SPP(nn.Module):
    """Spatial pyramid pooling at three window sizes."""

    def __init__(self, channels: int, windows: tuple[int, ...] = (5, 9, 13)) -> None:
        super().__init__()
        hidden = channels // 2
        self.cv1 = Conv(channels, hidden)
        self.cv2 = Conv(hidden * (len(windows) + 1), channels)
        self.m = nn.ModuleList(nn.MaxPool2d(w, 1, w // 2) for w in windows)

    def forward(self, x: Tensor) -> Tensor:
        x = self.cv1(x)
        return self.cv2(torch.cat([x, *(pool(x) for pool in self.m)], 1))
