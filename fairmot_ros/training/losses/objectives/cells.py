"""Raw predictions of all levels as one list of cells."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from fairmot_ros.boxes import boxes_around

RawLevels = dict[int, tuple[Tensor, Tensor, Tensor]]


@dataclass(frozen=True)
class Cells:
    """Predictions of N cells, those of the finest level first.

    Attributes:
        class_logits: [B, N, classes].
        objectness: [B, N], logits.
        boxes_xyxy: [B, N, 4] in pixels of the input.
        centres: [N, 2], middle (x, y) of the cells in pixels.
        strides: [N], pixels per cell.
    """

    class_logits: Tensor
    objectness: Tensor
    boxes_xyxy: Tensor
    centres: Tensor
    strides: Tensor

    @property
    def scores(self) -> Tensor:
        """Class scores times objectness, [B, N, classes] in 0..1."""
        return self.class_logits.sigmoid() * self.objectness.sigmoid()[..., None]

    @staticmethod
    def from_levels(levels: RawLevels) -> Cells:
        """Join the raw maps by stride, see `YoloxNano.raw_levels`."""
        classes, objectness, boxes, centres, strides = [], [], [], [], []
        for stride, (class_map, object_map, box_map) in levels.items():
            corners = _corners(box_map)
            raw = box_map.flatten(2).transpose(1, 2)  # [B, H * W, 4]
            boxes.append(boxes_around(corners + raw[..., :2], raw[..., 2:].exp()) * stride)
            classes.append(class_map.flatten(2).transpose(1, 2))
            objectness.append(object_map.flatten(1))
            centres.append((corners + 0.5) * stride)
            strides.append(torch.full_like(corners[:, 0], stride))
        return Cells(
            torch.cat(classes, 1),
            torch.cat(objectness, 1),
            torch.cat(boxes, 1),
            torch.cat(centres),
            torch.cat(strides),
        )


def _corners(maps: Tensor) -> Tensor:
    """Return the upper left corner (x, y) of each cell [H * W, 2] of [B, C, H, W], in cells."""
    height, width = maps.shape[2:]
    y, x = torch.meshgrid(
        torch.arange(height, device=maps.device),
        torch.arange(width, device=maps.device),
        indexing='ij',
    )
    return torch.stack((x.flatten(), y.flatten()), 1).to(maps.dtype)
