# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""YOLOX-nano with an embedding branch: three levels of detections and one embedding map.

Backbone, pyramid and heads are those of YOLOX-nano (Ge et al. 2021, "YOLOX: Exceeding YOLO Series
in 2021"), with the convolutions of `csp`; `fairmot_ros.network.yolox_import` reads its weights.
The branch adds what FairMOT adds to a detector: an embedding that is read at the person's place in
the same forward pass.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from fairmot_ros.network.base import HeadSizes, Network, check_multiple
from fairmot_ros.network.csp import C3, SPP, Conv, Focus, SeparableConv
from fairmot_ros.network.embedding_branch import EmbeddingBranch
from fairmot_ros.network.grid import STRIDES, GridPredictions

STEM_CHANNELS = 16  # at stride 2, a quarter of YOLOX's own width
HEAD_CHANNELS = 64
EMBEDDING_STRIDES = (4, 8)
PRIOR_PROBABILITY = 0.01  # of a fresh network's scores
CLOSEST = 1e-6  # of a score to 0 and 1, where its logit is infinite


@dataclass(frozen=True)
class YoloxFeatures:
    """Feature maps of one forward pass.

    Attributes:
        backbone: by stride 4, 8, 16 and 32: 32, 64, 128 and 256 channels.
        pyramid: by stride 8, 16 and 32: 64, 128 and 256 channels.
    """

    backbone: dict[int, Tensor]
    pyramid: dict[int, Tensor]


class CSPDarknet(nn.Module):
    """The backbone; `c` channels at stride 2, doubled with the stride."""

    def __init__(self, c: int) -> None:
        super().__init__()
        self.stem = Focus(3, c)
        self.dark2 = self._stage(2 * c, 1)
        self.dark3 = self._stage(4 * c, 3)
        self.dark4 = self._stage(8 * c, 3)
        self.dark5 = nn.Sequential(
            SeparableConv(8 * c, 16 * c, stride=2),
            SPP(16 * c),
            C3(16 * c, 16 * c, shortcut=False, conv=SeparableConv),
        )

    @staticmethod
    def _stage(channels: int, repeats: int) -> nn.Sequential:
        return nn.Sequential(
            SeparableConv(channels // 2, channels, stride=2),
            C3(channels, channels, repeats, conv=SeparableConv),
        )

    def forward(self, images: Tensor) -> dict[int, Tensor]:
        """Return the maps by their stride, 4 to 32."""
        x = self.stem(images)
        maps = {}
        stages = self.dark2, self.dark3, self.dark4, self.dark5
        for stride, stage in zip((4, 8, 16, 32), stages, strict=True):
            x = maps[stride] = stage(x)
        return maps


class Pyramid(nn.Module):
    """Path aggregation: from the coarsest map up to stride 8 and down again."""

    def __init__(self, c: int) -> None:
        """Build for a backbone with `c` channels at stride 2."""
        super().__init__()
        self.lateral_conv0 = Conv(16 * c, 8 * c)
        self.C3_p4 = self._merge(16 * c, 8 * c)
        self.reduce_conv1 = Conv(8 * c, 4 * c)
        self.C3_p3 = self._merge(8 * c, 4 * c)
        self.bu_conv2 = SeparableConv(4 * c, 4 * c, stride=2)
        self.C3_n3 = self._merge(8 * c, 8 * c)
        self.bu_conv1 = SeparableConv(8 * c, 8 * c, stride=2)
        self.C3_n4 = self._merge(16 * c, 16 * c)

    @staticmethod
    def _merge(in_channels: int, out_channels: int) -> C3:
        return C3(in_channels, out_channels, shortcut=False, conv=SeparableConv)

    def forward(self, maps: dict[int, Tensor]) -> dict[int, Tensor]:
        """Return the aggregated maps by their stride, 8 to 32."""
        top = self.lateral_conv0(maps[32])
        x = self.C3_p4(torch.cat((F.interpolate(top, scale_factor=2.0), maps[16]), 1))
        middle = self.reduce_conv1(x)
        p8 = self.C3_p3(torch.cat((F.interpolate(middle, scale_factor=2.0), maps[8]), 1))
        p16 = self.C3_n3(torch.cat((self.bu_conv2(p8), middle), 1))
        p32 = self.C3_n4(torch.cat((self.bu_conv1(p16), top), 1))
        return {8: p8, 16: p16, 32: p32}


class LevelHead(nn.Module):
    """Decoupled head of one level: class scores in one branch, box and objectness in another."""

    def __init__(self, in_channels: int, num_classes: int) -> None:
        super().__init__()
        c = HEAD_CHANNELS
        self.stem = Conv(in_channels, c)
        self.cls_convs = nn.Sequential(SeparableConv(c, c), SeparableConv(c, c))
        self.reg_convs = nn.Sequential(SeparableConv(c, c), SeparableConv(c, c))
        self.cls_pred = nn.Conv2d(c, num_classes, 1)
        self.reg_pred = nn.Conv2d(c, 4, 1)
        self.obj_pred = nn.Conv2d(c, 1, 1)
        for layer in (self.cls_pred, self.obj_pred):
            assert layer.bias is not None
            nn.init.constant_(layer.bias, -math.log((1 - PRIOR_PROBABILITY) / PRIOR_PROBABILITY))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return the raw maps: class logits, objectness logits, and boxes.

        A box is its centre's offset from the cell's corner, in cells, and the logarithm of width
        and height in cells.
        """
        x = self.stem(x)
        classes = self.cls_pred(self.cls_convs(x))
        located = self.reg_convs(x)
        boxes = self.reg_pred(located)
        return classes, self.obj_pred(located), boxes


class YoloxNano(Network):
    """YOLOX-nano, with an embedding branch unless the embedding size is 0."""

    head_names = ('head', 'id')
    #: Rounded to bfloat16, this stage alone causes nine tenths of the change of embeddings.
    float32_modules: tuple[str, ...] = ('backbone.dark2',)

    def __init__(self, sizes: HeadSizes, *, stride: int = 8, id_channels: int = 64) -> None:
        """Build the network.

        Args:
            sizes: classes and embedding size.
            stride: of the embedding map, 4 or 8.
            id_channels: inside the embedding branch.

        Raises:
            ValueError: if a size is out of range.
        """
        super().__init__(sizes, stride, EMBEDDING_STRIDES)
        if sizes.wh_channels != 4:
            raise ValueError(f'yolox_nano has no head wh, got wh_channels {sizes.wh_channels}')
        self.backbone = CSPDarknet(STEM_CHANNELS)
        self.pyramid = Pyramid(STEM_CHANNELS)
        self.head = nn.ModuleDict(
            {str(s): LevelHead(STEM_CHANNELS * s // 2, sizes.num_classes) for s in STRIDES}
        )
        self.id: EmbeddingBranch | None = None
        if sizes.reid_dim:
            self.id = EmbeddingBranch(STEM_CHANNELS, id_channels, sizes.reid_dim, stride)
            self.float32_modules += ('id.project',)

    def forward(self, images: Tensor) -> GridPredictions:
        """Return the levels of detections and the embedding map.

        Args:
            images: float32 [B, 3, H, W], RGB in 0..1; H and W multiples of 32.

        Raises:
            ValueError: if the image's size is not a multiple of 32.
        """
        return self.predictions(self.whole_maps(images))

    def features(self, images: Tensor) -> YoloxFeatures:
        backbone = self.backbone(images)
        return YoloxFeatures(backbone, self.pyramid(backbone))

    def raw_levels(self, features: YoloxFeatures) -> dict[int, tuple[Tensor, Tensor, Tensor]]:
        """Return the raw maps of each level by its stride, see `LevelHead`; for training."""
        return {s: self.head[str(s)](features.pyramid[s].float()) for s in STRIDES}

    def embedding_map(self, features: YoloxFeatures) -> Tensor:
        """Return the embedding map [B, reid_dim, H / stride, W / stride], of any length."""
        assert self.id is not None
        return self.id({stride: maps.float() for stride, maps in features.backbone.items()})

    def dense(self, features: YoloxFeatures) -> dict[str, Tensor]:
        maps = {}
        for stride, (classes, objectness, boxes) in self.raw_levels(features).items():
            centre, half = boxes[:, :2], boxes[:, 2:].exp() / 2
            maps[f'scores_{stride}'] = self._calibrated(classes.sigmoid() * objectness.sigmoid())
            maps[f'boxes_{stride}'] = torch.cat((centre - half, centre + half), 1)
        if self.id is not None:
            maps['id'] = self.embedding_map(features)
        return maps

    def _calibrated(self, scores: Tensor) -> Tensor:
        slope, shift = self.info.score_line
        if (slope, shift) == (1.0, 0.0):
            return scores
        return (slope * scores.logit(CLOSEST) + shift).sigmoid()

    def move_scores(self, slope: float, shift: float) -> None:
        # A score is a product of two probabilities: no layer can take the line in.
        old_slope, old_shift = self.info.score_line
        line = slope * old_slope, slope * old_shift + shift
        self.info = replace(self.info, score_line=line)

    def whole_maps(self, images: Tensor) -> dict[str, Tensor]:
        check_multiple(images)
        return self.dense(self.features(images))

    def predictions(self, maps: dict[str, Tensor]) -> GridPredictions:
        finest = min(STRIDES)
        return GridPredictions(maps, maps[f'scores_{finest}'].shape[3] * finest)
