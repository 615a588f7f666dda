# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Predictions of FairMOT's networks: peaks of a heat map, the other heads read there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from fairmot_ros.network.predictions import Level, corners_of

#: (row of the batch, cells [N], names of heads) -> values of each head, [N, channels]
ReadHeads = Callable[[int, Tensor, tuple[str, ...]], dict[str, Tensor]]


@dataclass(frozen=True)
class HeatMapLevel(Level):
    """The only level; see `Level`.

    Attributes:
        read: how the heads ``wh`` and ``reg`` are read at cells.
    """

    read: ReadHeads
    peaks_only = True

    def boxes_at(self, row: int, cells: Tensor) -> Tensor:
        heads = self.read(row, cells, ('wh', 'reg'))
        size, offset = heads['wh'].float(), heads['reg'].float()
        if size.shape[1] == 2:  # width and height, of the first published models
            size = (size / 2).repeat(1, 2)
        centre = corners_of(cells, self.scores.shape[3]) + offset
        return torch.cat((centre - size[:, :2], centre + size[:, 2:]), 1) * self.stride


class HeatMapPredictions:
    """A heat map, and the other heads at requested cells.

    Attributes:
        levels: the only one.
        heat_maps: [B, classes, H, W], logits.
    """

    suppress_overlaps = False

    def __init__(self, heat_maps: Tensor, read: ReadHeads, stride: int) -> None:
        """Take the head ``hm`` as a map and the others as a function."""
        self.heat_maps = heat_maps
        self.levels = (HeatMapLevel(stride, heat_maps.float().sigmoid(), read),)
        self._read, self._stride = read, stride

    def embeddings_at(self, row: int, boxes_xyxy: Tensor, cells: Tensor | None = None) -> Tensor:
        if cells is None:
            height, width = self.heat_maps.shape[2:]
            cells = centre_cells(boxes_xyxy / self._stride, (width, height))
        return F.normalize(self._read(row, cells, ('id',))['id'].float(), eps=1e-12)


def centre_cells(boxes_xyxy: Tensor, size: tuple[int, int]) -> Tensor:
    """Return the cells [N] that hold the centres of boxes [N, 4], in cells of a map.

    Args:
        boxes_xyxy: centres outside the map belong to the nearest cell.
        size: (width, height) of the map.
    """
    x, y = ((boxes_xyxy[:, :2] + boxes_xyxy[:, 2:]) / 2).unbind(1)
    return y.clamp(0, size[1] - 1).long() * size[0] + x.clamp(0, size[0] - 1).long()


def from_whole_maps(maps: Mapping[str, Tensor], input_width: int) -> HeatMapPredictions:
    """Return the predictions of heads that were computed everywhere.

    Args:
        maps: by the name of the head, [B, C, H, W] each.
        input_width: of the images, pixels.
    """

    def read(row: int, cells: Tensor, names: tuple[str, ...]) -> dict[str, Tensor]:
        return {name: maps[name][row].flatten(1)[:, cells].t() for name in names}

    return HeatMapPredictions(maps['hm'], read, input_width // maps['hm'].shape[3])
