# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""DLA-34 base (Yu et al. 2018, deep layer aggregation) with an up-sampling path."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn

from fairmot_ros.network.base import PUBLISHED_STRIDE, HeadSizes
from fairmot_ros.network.deform_conv import DeformConv2d
from fairmot_ros.network.heads import FairMOTNetwork

CHANNELS = (16, 32, 64, 128, 256, 512)  # of the six levels; level i has stride 2**i

ConvFactory = Callable[[int, int], nn.Module]


def plain_conv3x3(in_channels: int, out_channels: int) -> nn.Module:
    """Return what `dlaconv_34` has in the place of a deformable convolution."""
    return nn.Conv2d(in_channels, out_channels, 3, padding=1, bias=False)


def conv_bn_relu(in_channels: int, out_channels: int, kernel: int, stride: int) -> nn.Sequential:
    """Return a convolution without bias, batch norm and ReLU."""
    return nn.Sequential(
        nn.Conv2d(in_channels, out_channels, kernel, stride, kernel // 2, bias=False),
        nn.BatchNorm2d(out_channels),
        nn.ReLU(inplace=True),
    )


class BasicBlock(nn.Module):
    """Two 3 x 3 convolutions and a residual that the caller may give."""

    def __init__(self, in_channels: int, out_channels: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(out_channels)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(out_channels)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x: Tensor, residual: Tensor | None = None) -> Tensor:
        residual = x if residual is None else residual
        x = self.relu(self.bn1(self.conv1(x)))
        return self.relu(self.bn2(self.conv2(x)) + residual)


class Root(nn.Module):
    """Aggregate the outputs of a tree's branches by a 1 x 1 convolution."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, 1, bias=False)
        self.bn = nn.BatchNorm2d(out_channels)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, *branches: Tensor) -> Tensor:
        return self.relu(self.bn(self.conv(torch.cat(branches, 1))))


class Tree(nn.Module):
    """Hierarchical aggregation of two subtrees (blocks at depth 1)."""

    def __init__(
        self,
        depth: int,
        in_channels: int,
        out_channels: int,
        stride: int = 1,
        *,
        level_root: bool = False,
        extra_channels: int = 0,
    ) -> None:
        """Build the tree; `extra_channels` come from children that the caller hands in."""
        super().__init__()
        self.depth = depth
        self.level_root = level_root
        root_channels = 2 * out_channels + extra_channels + (in_channels if level_root else 0)
        if depth == 1:
            self.tree1: nn.Module = BasicBlock(in_channels, out_channels, stride)
            self.tree2: nn.Module = BasicBlock(out_channels, out_channels, 1)
            self.root = Root(root_channels, out_channels)
        else:
            self.tree1 = Tree(depth - 1, in_channels, out_channels, stride)
            self.tree2 = Tree(
                depth - 1,
                out_channels,
                out_channels,
                extra_channels=root_channels - out_channels,
            )
        self.downsample = nn.MaxPool2d(stride, stride) if stride > 1 else None
        # A deeper tree's projection is dead, as the inner tree makes its own residual; it
        # stays because the published checkpoints hold its parameters.
        self.project = None
        if in_channels != out_channels:
            self.project = nn.Sequential(
                nn.Conv2d(in_channels, out_channels, 1, bias=False),
                nn.BatchNorm2d(out_channels),
            )

    def forward(self, x: Tensor, children: tuple[Tensor, ...] = ()) -> Tensor:
        bottom = x if self.downsample is None else self.downsample(x)
        if self.level_root:
            children = (*children, bottom)
        if self.depth > 1:
            first = self.tree1(x)
            return self.tree2(first, (*children, first))
        residual = bottom if self.project is None else self.project(bottom)
        first = self.tree1(x, residual)
        second = self.tree2(first)
        return self.root(second, first, *children)


class DLABase(nn.Module):
    """The six levels of DLA-34."""

    def __init__(self) -> None:
        super().__init__()
        c = CHANNELS
        self.base_layer = conv_bn_relu(3, c[0], 7, 1)
        self.level0 = conv_bn_relu(c[0], c[0], 3, 1)
        self.level1 = conv_bn_relu(c[0], c[1], 3, 2)
        self.level2 = Tree(1, c[1], c[2], 2)
        self.level3 = Tree(2, c[2], c[3], 2, level_root=True)
        self.level4 = Tree(2, c[3], c[4], 2, level_root=True)
        self.level5 = Tree(1, c[4], c[5], 2, level_root=True)

    def forward(self, x: Tensor) -> list[Tensor]:
        """Return the outputs of level 0 (stride 1) to level 5 (stride 32)."""
        x = self.base_layer(x)
        outputs = []
        for level in range(6):
            x = getattr(self, f'level{level}')(x)
            outputs.append(x)
        return outputs


class ConvBlock(nn.Module):
    """A (deformable) 3 x 3 convolution, batch norm and ReLU."""

    def __init__(self, in_channels: int, out_channels: int, make_conv: ConvFactory) -> None:
        super().__init__()
        self.actf = nn.Sequential(nn.BatchNorm2d(out_channels), nn.ReLU(inplace=True))
        self.conv = make_conv(in_channels, out_channels)

    def forward(self, x: Tensor) -> Tensor:
        return self.actf(self.conv(x))


def bilinear_upsample(channels: int, factor: int) -> nn.ConvTranspose2d:
    """Return a trainable depth-wise up-sampling that starts as bilinear interpolation."""
    up = nn.ConvTranspose2d(
        channels,
        channels,
        2 * factor,
        stride=factor,
        padding=factor // 2,
        groups=channels,
        bias=False,
    )
    kernel = 2 * factor
    half = math.ceil(kernel / 2)
    centre = (2 * half - 1 - half % 2) / (2.0 * half)
    ramp = 1.0 - (torch.arange(kernel) / half - centre).abs()
    with torch.no_grad():
        up.weight.copy_(ramp.outer(ramp).expand_as(up.weight))
    return up


class IDAUp(nn.Module):
    """Iterative aggregation: bring each deeper map to the shallower one's size and merge."""

    def __init__(
        self,
        out_channels: int,
        in_channels: tuple[int, ...],
        factors: tuple[int, ...],
        make_conv: ConvFactory,
    ) -> None:
        super().__init__()
        for i in range(1, len(in_channels)):
            self.add_module(f'proj_{i}', ConvBlock(in_channels[i], out_channels, make_conv))
            self.add_module(f'up_{i}', bilinear_upsample(out_channels, factors[i]))
            self.add_module(f'node_{i}', ConvBlock(out_channels, out_channels, make_conv))

    def forward(self, maps: list[Tensor]) -> list[Tensor]:
        merged = maps[:1]
        for i, x in enumerate(maps[1:], start=1):
            x = getattr(self, f'up_{i}')(getattr(self, f'proj_{i}')(x))
            merged.append(getattr(self, f'node_{i}')(x + merged[-1]))
        return merged


class DLAUp(nn.Module):
    """Merge the levels step by step, from the deepest on; returns one map for each stride."""

    def __init__(self, channels: list[int], make_conv: ConvFactory) -> None:
        """Build for levels of these channels, each half as wide and high as the one before."""
        super().__init__()
        channels = list(channels)
        factors = [2**i for i in range(len(channels))]
        for step in range(len(channels) - 1):
            first = len(channels) - 2 - step
            self.add_module(
                f'ida_{step}',
                IDAUp(
                    channels[first],
                    tuple(channels[first:]),
                    tuple(f // factors[first] for f in factors[first:]),
                    make_conv,
                ),
            )
            # Everything deeper now has this level's size.
            factors[first + 1 :] = [factors[first]] * (len(factors) - first - 1)
            channels[first + 1 :] = [channels[first]] * (len(channels) - first - 1)

    def forward(self, levels: list[Tensor]) -> list[Tensor]:
        maps = list(levels)
        outputs = [maps[-1]]
        for step in range(len(maps) - 1):
            first = len(maps) - 2 - step
            maps[first:] = getattr(self, f'ida_{step}')(maps[first:])
            outputs.insert(0, maps[-1])
        return outputs


class DLA34(FairMOTNetwork):
    """The paper's network; `dlaconv_34` is the same with plain convolutions.

    The aggregation ends at the level of the asked stride, as wide as that level.
    """

    # In bfloat16 it costs nothing to keep them, and takes a quarter off the error of the heads.
    float32_modules = ('base.base_layer', 'base.level0')

    def __init__(
        self,
        sizes: HeadSizes,
        *,
        head_conv: int = 256,
        stride: int = PUBLISHED_STRIDE,
        make_conv: ConvFactory = DeformConv2d,
    ) -> None:
        super().__init__(sizes, stride)
        self.first_level = stride.bit_length() - 1
        channels = CHANNELS[self.first_level :]
        self.base = DLABase()
        self.dla_up = DLAUp(list(channels), make_conv)
        factors = tuple(2**i for i in range(len(channels) - 1))
        self.ida_up = IDAUp(channels[0], channels[:-1], factors, make_conv)
        self.add_heads(channels[0], head_conv, nn.ReLU)

    def features(self, images: Tensor) -> Tensor:
        pyramid = self.dla_up(self.base(images)[self.first_level :])
        return self.ida_up(pyramid[:-1])[-1]
