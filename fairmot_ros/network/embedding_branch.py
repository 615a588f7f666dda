"""The branch that YOLOX-nano gets for FairMOT's second half: the embedding map."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from fairmot_ros.network.csp import C3, Conv


class EmbeddingBranch(nn.Module):
    """Aggregates the backbone and the pyramid at a fine stride and maps them to embeddings."""

    def __init__(self, c: int, channels: int, reid_dim: int, stride: int) -> None:
        """Build the branch.

        Args:
            c: channels of the backbone at stride 2.
            channels: inside the branch.
            reid_dim: length of the embedding.
            stride: of the embedding map, 4 or 8.
        """
        super().__init__()
        self.stride = stride
        self.from_fine = Conv(2 * c, channels, 3, 2) if stride == 8 else Conv(2 * c, channels)
        self.from_backbone = Conv(4 * c, channels)
        self.from_pyramid = Conv(4 * c, channels)
        self.from_coarse = Conv(8 * c, channels)
        self.merge = C3(4 * channels, channels)
        self.project = nn.Conv2d(channels, reid_dim, 1)

    def forward(self, backbone: dict[int, Tensor], pyramid: dict[int, Tensor]) -> Tensor:
        """Return the embedding map [B, reid_dim, H / stride, W / stride].

        Args:
            backbone: maps by stride, 4 to 32.
            pyramid: maps by stride, 8 to 32.
        """
        maps = (
            self.from_fine(backbone[4]),
            self.from_backbone(backbone[8]),
            self.from_pyramid(pyramid[8]),
            self.from_coarse(pyramid[16]),
        )
        size = maps[0].shape[2:]
        joined = torch.cat([maps[0], *(F.interpolate(m, size=size) for m in maps[1:])], 1)
        return self.project(self.merge(joined))
