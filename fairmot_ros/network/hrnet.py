# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""HRNetV2-W18 (Wang et al. 2019): branches of several resolutions side by side."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from fairmot_ros.network.base import PUBLISHED_STRIDE, HeadSizes
from fairmot_ros.network.heads import FairMOTNetwork
from fairmot_ros.network.residual import BasicBlock, Bottleneck, residual_layer

CHANNELS = (18, 36, 72, 144)  # of the branches, strides 4 to 32
STAGE_MODULES = (1, 4, 3)  # in stages 2, 3 and 4
BLOCKS = 4
STEM_CHANNELS = 64
# What the heads see at each stride.
JOINED_CHANNELS = {
    2: STEM_CHANNELS + sum(CHANNELS),
    4: sum(CHANNELS),
    8: sum(CHANNELS[1:]),
}


def conv_bn(
    in_channels: int, out_channels: int, kernel: int, stride: int = 1, *, relu: bool
) -> nn.Sequential:
    """Return a convolution without bias and batch norm, with or without ReLU."""
    layers: list[nn.Module] = [
        nn.Conv2d(in_channels, out_channels, kernel, stride, kernel // 2, bias=False),
        nn.BatchNorm2d(out_channels),
    ]
    return nn.Sequential(*layers, *([nn.ReLU(inplace=True)] if relu else []))


def fusion(source: int, target: int) -> nn.Module:
    """Return the module from branch `source` to the size and channels of branch `target`."""
    if source == target:
        return nn.Identity()
    if source > target:
        up = conv_bn(CHANNELS[source], CHANNELS[target], 1, relu=False)
        up.append(nn.Upsample(scale_factor=2 ** (source - target), mode='nearest'))
        return up
    steps = target - source
    inside, out = CHANNELS[source], CHANNELS[target]
    return nn.Sequential(
        *(
            conv_bn(inside, inside if i < steps - 1 else out, 3, 2, relu=i < steps - 1)
            for i in range(steps)
        )
    )


class ExchangeModule(nn.Module):
    """Residual blocks in each branch, then the sum of all branches in each branch."""

    def __init__(self, branches: int) -> None:
        super().__init__()
        self.branches = nn.ModuleList(
            residual_layer(BasicBlock, c, c, BLOCKS) for c in CHANNELS[:branches]
        )
        self.fuse_layers = nn.ModuleList(
            nn.ModuleList(fusion(j, i) for j in range(branches)) for i in range(branches)
        )

    def forward(self, maps: list[Tensor]) -> list[Tensor]:
        maps = [branch(x) for branch, x in zip(self.branches, maps, strict=True)]
        fused = []
        for row in self.fuse_layers:
            assert isinstance(row, nn.ModuleList)
            total = row[0](maps[0])
            for layer, x in zip(row[1:], maps[1:], strict=True):
                total = total + layer(x)
            fused.append(F.relu(total))
        return fused


class HRNet18(FairMOTNetwork):
    """Stem, four stages, and all branches joined at stride 4.

    At stride 8 the finest branch is omitted; at stride 2 the stem's first map is joined too.
    """

    def __init__(
        self, sizes: HeadSizes, *, head_conv: int = 256, stride: int = PUBLISHED_STRIDE
    ) -> None:
        super().__init__(sizes, stride)
        self.conv1 = nn.Conv2d(3, STEM_CHANNELS, 3, 2, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(STEM_CHANNELS)
        self.conv2 = nn.Conv2d(STEM_CHANNELS, 64, 3, 2, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(64)
        self.layer1 = residual_layer(Bottleneck, 64, 64, BLOCKS)
        self.transition1 = nn.ModuleList(
            (
                conv_bn(256, CHANNELS[0], 3, relu=True),
                nn.Sequential(conv_bn(256, CHANNELS[1], 3, 2, relu=True)),
            )
        )
        for stage, modules in enumerate(STAGE_MODULES, start=2):
            if stage > 2:
                down = nn.Sequential(
                    conv_bn(CHANNELS[stage - 2], CHANNELS[stage - 1], 3, 2, relu=True)
                )
                kept = [nn.Identity() for _ in range(stage - 1)]
                self.add_module(f'transition{stage - 1}', nn.ModuleList((*kept, down)))
            exchanges = (ExchangeModule(stage) for _ in range(modules))
            self.add_module(f'stage{stage}', nn.Sequential(*exchanges))
        self.add_heads(JOINED_CHANNELS[stride], head_conv, nn.ReLU)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.normal_(module.weight, std=0.001)

    def features(self, images: Tensor) -> Tensor:
        stem = F.relu(self.bn1(self.conv1(images)))
        x = self.layer1(F.relu(self.bn2(self.conv2(stem))))
        maps = [transition(x) for transition in self.transition1]
        for stage in (2, 3, 4):
            if stage > 2:
                maps.append(getattr(self, f'transition{stage - 1}')[-1](maps[-1]))
            maps = getattr(self, f'stage{stage}')(maps)
        if self.stride == 2:
            maps = [stem, *maps]
        elif self.stride == 8:
            maps = maps[1:]
        size = maps[0].shape[2:]
        return torch.cat(
            [maps[0], *(F.interpolate(m, size, mode='bilinear') for m in maps[1:])], 1
        )
