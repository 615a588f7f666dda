# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The light network: a YOLOv5-style backbone with feature aggregation up to stride 4."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from fairmot_ros.network.base import PUBLISHED_STRIDE, HeadSizes
from fairmot_ros.network.csp import C3, SPP, Conv, Focus
from fairmot_ros.network.heads import FairMOTNetwork, Head


class Concat(nn.Module):
    """Join the running map with the output of an earlier layer."""

    def __init__(self, layer: int) -> None:
        super().__init__()
        self.layer = layer


class YoloBackbone(nn.Module):
    """22 numbered layers; the numbers are those of the published checkpoint's keys.

    The list ends at layer 17 for stride 8, and at layer 25 for stride 2.
    """

    def __init__(self, c: int, stride: int) -> None:
        """Build with `c` channels at stride 2 (32 in the published model)."""
        super().__init__()
        layers: list[nn.Module] = [
            Focus(3, c),  # 0, stride 2
            Conv(c, 2 * c, 3, 2),  # 1, stride 4
            C3(2 * c, 2 * c),
            Conv(2 * c, 4 * c, 3, 2),  # 3, stride 8
            C3(4 * c, 4 * c, 3),
            Conv(4 * c, 8 * c, 3, 2),  # 5, stride 16
            C3(8 * c, 8 * c, 3),
            Conv(8 * c, 16 * c, 3, 2),  # 7, stride 32
            SPP(16 * c),
            C3(16 * c, 16 * c, shortcut=False),
        ]
        # Up again, layers 10 to 13, 14 to 17, ...: narrow, enlarge, join, merge.
        channels, target = 16 * c, 16
        for join in (6, 4, 2, 0):
            if target < stride:
                break
            layers += [
                Conv(channels, channels // 2),
                nn.Upsample(scale_factor=2),
                Concat(join),
                C3(channels, channels // 2, shortcut=False),
            ]
            channels, target = channels // 2, target // 2
        self.model = nn.ModuleList(layers)
        self.out_channels = channels

    def forward(self, x: Tensor) -> list[Tensor]:
        """Return the output of every layer."""
        outputs: list[Tensor] = []
        for layer in self.model:
            if isinstance(layer, Concat):
                x = torch.cat((x, outputs[layer.layer]), 1)
            else:
                x = layer(x)
            outputs.append(x)
        return outputs


class IdentityNeck(nn.Module):
    """A second up-sampling path from stride 16, for the embedding only.

    Features of detection and features of identity then need not share the
    few channels of one narrow map (the conflict that CSTrack describes, Liang et al. 2020).
    """

    start = 13  # layer of the backbone, stride 16
    joins = ((4, 4), (2, 2), (0, 1))  # layer, its channels as a multiple of the stem's

    def __init__(self, c: int, channels: int, stride: int) -> None:
        """End with `channels` at `stride`; `c` are the backbone's channels at stride 2."""
        super().__init__()
        levels = {8: 1, 4: 2, 2: 3}[stride]
        self.narrow, self.merge = nn.ModuleList(), nn.ModuleList()
        inside = 8 * c
        for level, (_, multiple) in enumerate(self.joins[:levels], start=1):
            width = channels << (levels - level)
            self.narrow.append(Conv(inside, width))
            self.merge.append(C3(width + multiple * c, width, shortcut=False))
            inside = width

    def forward(self, outputs: list[Tensor]) -> Tensor:
        """Map the backbone's outputs to [B, channels, H / stride, W / stride]."""
        x = outputs[self.start]
        for (layer, _), narrow, merge in zip(self.joins, self.narrow, self.merge):
            x = F.interpolate(narrow(x), scale_factor=2.0)
            x = merge(torch.cat((x, outputs[layer]), 1))
        return x


class Yolo(FairMOTNetwork):
    """Light FairMOT: YOLOv5s backbone, heads of the map's own width with SiLU."""

    head_order = ('hm', 'id', 'reg', 'wh')
    # In bfloat16 it costs nothing to keep it, and takes a tenth off the error of the heads.
    float32_modules = ('backbone.model.0',)

    def __init__(
        self,
        sizes: HeadSizes,
        *,
        head_conv: int = 64,
        stem_channels: int = 32,
        stride: int = PUBLISHED_STRIDE,
        id_channels: int = 0,
    ) -> None:
        """Build the network.

        Args:
            sizes: output channels of the heads.
            head_conv: channels inside the heads.
            stem_channels: channels at stride 2; all others are multiples of it.
            stride: of the maps.
            id_channels: of a neck of its own for the embedding and inside its head; 0 for the
                published form, in which all heads share one map.
        """
        super().__init__(sizes, stride)
        self.backbone = YoloBackbone(stem_channels, stride)
        self.add_heads(self.backbone.out_channels, head_conv, nn.SiLU)
        self.id_neck: IdentityNeck | None = None
        if id_channels:
            self.id_neck = IdentityNeck(stem_channels, id_channels, stride)
            self.id = Head(id_channels, id_channels, sizes.reid_dim, nn.SiLU())

    def features(self, images: Tensor) -> Tensor:
        outputs = self.backbone(images)
        if self.id_neck is None:
            return outputs[-1]
        return torch.cat((outputs[-1], self.id_neck(outputs)), 1)

    def channels_of(self, head: str) -> slice:
        shared = self.backbone.out_channels
        return slice(shared, None) if head == 'id' and self.id_neck else slice(shared)
