# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""ResNets with deformable up-sampling (CenterNet), plain and with lateral connections."""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor, nn

from fairmot_ros.network.base import PUBLISHED_STRIDE, HeadSizes
from fairmot_ros.network.deform_conv import DeformConv2d
from fairmot_ros.network.dla import ConvBlock
from fairmot_ros.network.heads import FairMOTNetwork
from fairmot_ros.network.residual import BasicBlock, Block, Bottleneck, residual_layer

# Number of layers: block, and how many in each of the four stages.
DEPTHS: dict[int, tuple[Block, tuple[int, int, int, int]]] = {
    18: (BasicBlock, (2, 2, 2, 2)),
    34: (BasicBlock, (3, 4, 6, 3)),
    50: (Bottleneck, (3, 4, 6, 3)),
}
STAGE_PLANES = (64, 128, 256, 512)
STEM_CHANNELS = 64
UP_CHANNELS = (256, 128, 64, 32)  # after each step up, to strides 16, 8, 4 and 2


def up_step(in_channels: int, out_channels: int) -> list[nn.Module]:
    """Return a deformable convolution and a doubling transposed one, each normalised."""
    up = nn.ConvTranspose2d(out_channels, out_channels, 4, stride=2, padding=1, bias=False)
    ramp = 1.0 - (torch.arange(4) / 2 - 0.75).abs()
    with torch.no_grad():  # as published: only the first output channel starts as bilinear
        up.weight[:, 0] = ramp.outer(ramp)
    return [
        DeformConv2d(in_channels, out_channels),
        nn.BatchNorm2d(out_channels),
        nn.ReLU(inplace=True),
        up,
        nn.BatchNorm2d(out_channels),
        nn.ReLU(inplace=True),
    ]


class _ResNet(FairMOTNetwork):
    """The common stem and stages; subclasses bring the map back up to stride 4."""

    def __init__(self, sizes: HeadSizes, depth: int, stride: int) -> None:
        super().__init__(sizes, stride)
        self.up_channels = UP_CHANNELS[: 5 - (stride.bit_length() - 1)]
        block, repeats = DEPTHS[depth]
        self.stage_channels = tuple(planes * block.expansion for planes in STAGE_PLANES)
        self.conv1 = nn.Conv2d(3, STEM_CHANNELS, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(STEM_CHANNELS)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        channels = STEM_CHANNELS
        for i, (planes, count) in enumerate(zip(STAGE_PLANES, repeats, strict=True)):
            layer = residual_layer(block, channels, planes, count, 1 if i == 0 else 2)
            self.add_module(f'layer{i + 1}', layer)
            channels = planes * block.expansion

    def stages(self, images: Tensor) -> list[Tensor]:
        """Return the outputs of the stem, stride 2, and of the four stages, strides 4 to 32."""
        stem = self.relu(self.bn1(self.conv1(images)))
        outputs = [stem]
        x = self.maxpool(stem)
        for i in range(4):
            x = getattr(self, f'layer{i + 1}')(x)
            outputs.append(x)
        return outputs


class ResNetDCN(_ResNet):
    """ResNet and three deformable up-sampling steps; one more at stride 2, one less at 8."""

    def __init__(
        self, sizes: HeadSizes, *, depth: int, head_conv: int = 256, stride: int = PUBLISHED_STRIDE
    ) -> None:
        super().__init__(sizes, depth, stride)
        steps: list[nn.Module] = []
        channels = self.stage_channels[-1]
        for out_channels in self.up_channels:
            steps += up_step(channels, out_channels)
            channels = out_channels
        self.deconv_layers = nn.Sequential(*steps)
        self.add_heads(channels, head_conv, nn.ReLU)

    def features(self, images: Tensor) -> Tensor:
        return self.deconv_layers(self.stages(images)[-1])


class ResNetFPN(_ResNet):
    """The same; each step also adds the stage (at stride 2, the stem) of its size."""

    def __init__(
        self, sizes: HeadSizes, *, depth: int, head_conv: int = 256, stride: int = PUBLISHED_STRIDE
    ) -> None:
        super().__init__(sizes, depth, stride)
        conv_block = partial(ConvBlock, make_conv=DeformConv2d)
        into = (self.stage_channels[-1], *self.up_channels[:-1])
        for i, (c_in, c_out) in enumerate(zip(into, self.up_channels, strict=True), start=1):
            self.add_module(f'deconv_layer{i}', nn.Sequential(*up_step(c_in, c_out)))
        for i, channels in enumerate(self.up_channels, start=1):
            self.add_module(f'smooth_layer{i}', conv_block(channels, channels))
        sides = (*reversed(self.stage_channels[:-1]), STEM_CHANNELS)
        for i, (c_in, c_out) in enumerate(zip(sides, self.up_channels, strict=False), start=1):
            self.add_module(f'project_layer{i}', conv_block(c_in, c_out))
        self.add_heads(self.up_channels[-1], head_conv, nn.ReLU)

    def features(self, images: Tensor) -> Tensor:
        *laterals, x = self.stages(images)
        sides = list(reversed(laterals))[: len(self.up_channels)]
        for i, lateral in enumerate(sides, start=1):
            up = getattr(self, f'deconv_layer{i}')(x)
            side = getattr(self, f'project_layer{i}')(lateral)
            x = getattr(self, f'smooth_layer{i}')(up + side)
        return x
