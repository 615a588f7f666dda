"""Predictions of networks that detect in every cell of several levels, as YOLOX does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from fairmot_ros.network.predictions import Level, corners_of

STRIDES = (8, 16, 32)
#: Places in a box at which the embedding map is read and averaged, as shares of its width and
#: height: from the chest to the knees, where the person is rather than the background.
READ_POINTS = ((0.5, 0.25), (0.5, 0.5), (0.5, 0.75))


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
        maps: [B, D, H, W].
        boxes_xyxy: [B, N, 4] in cells of the maps; what lies outside reads the nearest cell.
    """
    height, width = maps.shape[2:]
    points = torch.tensor(READ_POINTS, dtype=maps.dtype, device=maps.device)
    corner, opposite = boxes_xyxy[..., None, :2], boxes_xyxy[..., None, 2:]
    places = corner + (opposite - corner) * points  # [B, N, points, 2]
    # grid_sample counts from -1 to 1 between the outer edges of the map.
    places = 2 * places / torch.tensor([width, height], device=maps.device) - 1
    read = F.grid_sample(maps, places.to(maps.dtype), padding_mode='border', align_corners=False)
    return F.normalize(read.mean(3).transpose(1, 2), dim=2, eps=1e-12)
