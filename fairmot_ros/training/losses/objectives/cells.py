# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Raw predictions of all pyramid levels, joined over cells."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from fairmot_ros.boxes import boxes_around

RawLevels = dict[int, tuple[Tensor, Tensor, Tensor]]


@dataclass(frozen=True)
class Cells:
    """Predictions of the N cells of all levels, finest level first.

    Attributes:
        class_logits: logits of the classes [B, N, classes].
        objectness: logits of the objectness [B, N].
        boxes_xyxy: predicted boxes [B, N, 4] in input pixels.
        centres: centres (x, y) of the cells [N, 2] in input pixels.
        strides: input pixels per cell [N].
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
        """Join raw maps, given by stride; see `YoloxNano.raw_levels`."""
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
    """Return the upper left corners (x, y) [H * W, 2] of the cells of maps [B, C, H, W]."""
    height, width = maps.shape[2:]
    y, x = torch.meshgrid(
        torch.arange(height, device=maps.device),
        torch.arange(width, device=maps.device),
        indexing='ij',
    )
    return torch.stack((x.flatten(), y.flatten()), 1).to(maps.dtype)
