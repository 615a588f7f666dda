# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The branch that gives YOLOX-nano FairMOT's second half: the embedding map."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from fairmot_ros.network.csp import Conv
from fairmot_ros.network.grid import STRIPES


class ResidualBlock(nn.Module):
    """Two 3 x 3 convolutions with a shortcut."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.cv1 = Conv(channels, channels, 3)
        self.cv2 = Conv(channels, channels, 3)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.cv2(self.cv1(x))


class EmbeddingBranch(nn.Module):
    """Maps the backbone's features of stride 4, 8 and 16 to embeddings.

    The pyramid is not used: trained for detection, it encodes the position of people, but little
    of their identity. Dense convolutions compensate for the detector's separable ones;
    the larger part of them runs at half the resolution, where they are cheap.
    """

    def __init__(self, c: int, channels: int, reid_dim: int, stride: int) -> None:
        """Build the branch.

        Args:
            c: channels of the backbone at stride 2.
            channels: inside the branch; half as many again at the coarse resolution.
            reid_dim: length of the embedding.
            stride: of the embedding map, 4 or 8.

        Raises:
            ValueError: if the embedding cannot be divided among the stripes of a box.
        """
        super().__init__()
        if reid_dim % STRIPES:
            raise ValueError(f'reid_dim must be a multiple of {STRIPES}, got {reid_dim}')
        coarse = channels * 3 // 2
        self.stride = stride
        self.from_fine = Conv(2 * c, channels, 3, 2) if stride == 8 else Conv(2 * c, channels)
        self.from_middle = nn.Conv2d(4 * c, channels, 1, bias=False)
        self.from_coarse = nn.Conv2d(8 * c, coarse, 1, bias=False)
        self.joined = nn.Sequential(nn.BatchNorm2d(channels), nn.SiLU())
        self.down = Conv(channels, coarse, 3, 16 // stride)
        self.coarse = ResidualBlock(coarse)
        self.up = nn.Conv2d(coarse, channels, 1)
        self.merge = Conv(channels, channels, 3)
        self.project = nn.Conv2d(channels, reid_dim, 1)

    def forward(self, backbone: dict[int, Tensor]) -> Tensor:
        """Return the embedding map [B, reid_dim, H / stride, W / stride].

        Args:
            backbone: maps by stride; those of 4, 8 and 16 are used.
        """
        middle = self.from_middle(backbone[8])
        if self.stride == 4:
            middle = F.interpolate(middle, scale_factor=2.0)
        x = self.joined(self.from_fine(backbone[4]) + middle)
        y = self.coarse(self.down(x) + self.from_coarse(backbone[16]))
        x = x + F.interpolate(self.up(y), scale_factor=16.0 / self.stride)
        return self.project(x + self.merge(x))
