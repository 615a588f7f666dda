# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Predictions of networks that detect in every cell of several levels, as YOLOX does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from fairmot_ros.network.predictions import Level, corners_of

STRIDES = (8, 16, 32)
#: A box is divided into so many horizontal stripes of equal height, as in part-based
#: re-identification (Sun et al. 2018, "Beyond Part Models"). Each has its own channels of the
#: embedding map: those of the first stripe describe the head, those of the last the feet.
STRIPES = 8
#: Where a stripe is read, as shares of the box's width; the mean counts.
READ_COLUMNS = (0.2, 0.4, 0.6, 0.8)


@dataclass(frozen=True)
class GridLevel(Level):
    """One level as whole maps; see `Level`.

    Attributes:
        boxes: [B, 4, H, W], left, top, right, bottom relative to the cell's corner, in cells.
    """

    boxes: Tensor

    def boxes_at(self, row: int, cells: Tensor) -> Tensor:
        corners = corners_of(cells, self.boxes.shape[3])
        relative = self.boxes[row].flatten(1)[:, cells].t().float()
        return (corners.repeat(1, 2) + relative) * self.stride


class GridPredictions:
    """Three levels and an embedding map.

    Attributes:
        levels: of strides 8, 16 and 32.
        embeddings: [B, D, H, W], of any length; None for a network without.
    """

    suppress_overlaps = True

    def __init__(self, maps: Mapping[str, Tensor], input_width: int) -> None:
        """Take what `YoloxNano.dense` returned for images of a width in pixels."""
        self.levels = tuple(
            GridLevel(s, maps[f'scores_{s}'].float(), maps[f'boxes_{s}']) for s in STRIDES
        )
        self.embeddings = maps.get('id')
        self._input_width = input_width

    def embeddings_at(
        self, row: int, boxes_xyxy: Tensor, cells: Tensor | None = None
    ) -> Tensor | None:
        if self.embeddings is None:
            return None
        maps = self.embeddings[row : row + 1].float()
        stride = self._input_width / maps.shape[3]
        return read_embeddings(maps, boxes_xyxy[None] / stride)[0]


def read_embeddings(maps: Tensor, boxes_xyxy: Tensor) -> Tensor:
    """Read an embedding map in boxes; returns unit embeddings [B, N, D].

    Args:
        maps: [B, D, H, W], D a multiple of STRIPES.
        boxes_xyxy: [B, N, 4] in cells of the maps; positions outside read the nearest cell.
    """
    batch, _, height, width = maps.shape
    # Constants are computed on the device: a CUDA graph must not copy them from the host.
    columns = torch.cat([maps.new_full((1,), share) for share in READ_COLUMNS])
    rows = (torch.arange(STRIPES, dtype=maps.dtype, device=maps.device) + 0.5) / STRIPES
    points = torch.stack(torch.meshgrid(rows, columns, indexing='ij')[::-1], 2)
    corner, opposite = (
        boxes_xyxy[:, None, :, None, half].to(maps.dtype) for half in (slice(2), slice(2, None))
    )
    places = corner + (opposite - corner) * points[:, None]  # [B, stripes, N, columns, 2]
    # grid_sample counts from -1 to 1 between the outer edges of the map.
    places = torch.stack((2 * places[..., 0] / width, 2 * places[..., 1] / height), -1) - 1
    read = F.grid_sample(
        maps.unflatten(1, (STRIPES, -1)).flatten(0, 1),
        places.flatten(0, 1),
        padding_mode='border',
        align_corners=False,
    )
    stripes = read.mean(3).unflatten(0, (batch, STRIPES))  # [B, stripes, D / stripes, N]
    return F.normalize(stripes.flatten(1, 2).transpose(1, 2), dim=2, eps=1e-12)
