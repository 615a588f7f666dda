# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Predictions of a network for a batch of images, in the form that the decoder reads.

Every architecture predicts detections on one or more levels, and embeddings. FairMOT's heat map is
one level whose peaks are detections; YOLOX has three levels whose detections overlap and need
non-maximum suppression.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol

import torch
from torch import Tensor


@dataclass(frozen=True)
class Candidates:
    """Possible detections of one image.

    Attributes:
        boxes_xyxy: float32 [N, 4] in pixels of the network's input; they may leave it.
        scores: float32 [N], 0..1.
        class_ids: int64 [N].
        cells: int64 [N], cell of the level, y * W + x.
    """

    boxes_xyxy: Tensor
    scores: Tensor
    class_ids: Tensor
    cells: Tensor

    def __getitem__(self, rows: Tensor | slice) -> Candidates:
        """Return the chosen rows, in that order."""
        return Candidates(
            self.boxes_xyxy[rows], self.scores[rows], self.class_ids[rows], self.cells[rows]
        )

    def best(self, count: int) -> Candidates:
        """Return the best in falling order of score; equal scores keep their order."""
        return self[torch.sort(self.scores, descending=True, stable=True).indices[:count]]

    @staticmethod
    def joined(parts: Sequence[Candidates]) -> Candidates:
        """Return the rows of all parts, one part after the other."""
        return Candidates(
            *(
                torch.cat([getattr(part, name) for part in parts])
                for name in ('boxes_xyxy', 'scores', 'class_ids', 'cells')
            )
        )


@dataclass(frozen=True)
class Level(ABC):
    """Detections on one grid of cells.

    Attributes:
        stride: input pixels per cell.
        scores: [B, classes, H, W], 0..1.
        peaks_only: whether only local maxima of the scores are detections.
    """

    stride: int
    scores: Tensor
    peaks_only: ClassVar[bool] = False

    @abstractmethod
    def boxes_at(self, row: int, cells: Tensor) -> Tensor:
        """Return boxes_xyxy [N, 4] of an image at cells [N], in pixels of the network's input."""


class Predictions(Protocol):
    """All levels and the embeddings of a batch.

    Attributes:
        suppress_overlaps: whether one person has detections in several cells.
    """

    suppress_overlaps: bool

    @property
    def levels(self) -> Sequence[Level]:
        """Detection levels, finest first."""
        ...

    def embeddings_at(
        self, row: int, boxes_xyxy: Tensor, cells: Tensor | None = None
    ) -> Tensor | None:
        """Return unit embeddings [N, D] of an image; None if the network has none.

        Args:
            row: of the image in the batch.
            boxes_xyxy: [N, 4] in pixels of the network's input.
            cells: [N] of the detections with these boxes; None for boxes that are not detections
                of this batch.
        """
        ...


def corners_of(cells: Tensor, width: int) -> Tensor:
    """Return the corner (x, y) [N, 2] of cells [N] of a map with so many columns, float32."""
    return torch.stack((cells % width, cells.div(width, rounding_mode='floor')), 1).float()
