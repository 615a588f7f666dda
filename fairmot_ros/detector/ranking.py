# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Decoding with shapes that do not depend on the image, for CUDA graphs.

`rank` runs on the device and returns the best cells as one table; `RankedPredictions` copies it to
the host once and applies the score threshold and non-maximum suppression there. The detections are
those of `decode_image`, up to rounding.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from fairmot_ros.detector.decode import MAX_CANDIDATES, DecodedImage, check_finite
from fairmot_ros.detector.suppression import non_maximum_suppression
from fairmot_ros.network.predictions import Level, Predictions

#: Columns of the table before the embedding: the box, then these. Cells are exact in float32: an
#: input of the largest size and the finest stride has 2**24.
SCORE, CLASS, CELL, FINITE, FIRST_EMBEDDING = range(4, 9)
NO_PEAK = -1.0  # score of a cell that holds no local maximum


def rank(predictions: Predictions, max_detections: int) -> Tensor:
    """Return the best cells of every image, in falling order of score.

    Args:
        predictions: of a batch.
        max_detections: rows of an image. Networks whose detections need non-maximum suppression
            get MAX_CANDIDATES.

    Returns:
        float32 [B, rows, 8 + D]: box (left, top, right, bottom), score (NO_PEAK in cells without
        a local maximum), class, cell, whether all scores of the image are finite, embedding.
    """
    count = MAX_CANDIDATES if predictions.suppress_overlaps else max_detections
    levels = predictions.levels
    scores = torch.cat([_peak_scores(level) for level in levels], 1)
    best, places = scores.sort(dim=1, descending=True, stable=True)
    best, places = best[:, :count], places[:, :count]
    finite = torch.isfinite(scores).all(1)
    return torch.stack(
        [
            _table(predictions, row, best[row], places[row], finite[row])
            for row in range(len(scores))
        ]
    )


def _peak_scores(level: Level) -> Tensor:
    """Return the scores of all cells and classes [B, N]; NO_PEAK instead of no local maximum."""
    scores = level.scores
    if level.peaks_only:
        peak = F.max_pool2d(scores, 3, stride=1, padding=1) == scores
        # Values that are not finite stay, to be reported.
        scores = scores.masked_fill(~peak & torch.isfinite(scores), NO_PEAK)
    return scores.flatten(1)


def _table(
    predictions: Predictions, row: int, scores: Tensor, places: Tensor, finite: Tensor
) -> Tensor:
    """Return the table of one image for chosen places in the joined levels."""
    boxes = scores.new_zeros(len(scores), 4)
    class_ids, cells = torch.zeros_like(places), torch.zeros_like(places)
    first = 0
    for level in predictions.levels:
        classes, height, width = level.scores.shape[1:]
        size = height * width
        inside = (places >= first) & (places < first + classes * size)
        local = (places - first).clamp(0, classes * size - 1)
        own_cells = local % size
        own_classes = local.div(size, rounding_mode='floor')
        boxes = torch.where(inside[:, None], level.boxes_at(row, own_cells), boxes)
        cells = torch.where(inside, own_cells, cells)
        class_ids = torch.where(inside, own_classes, class_ids)
        first += classes * size
    columns = [boxes, torch.stack((scores, class_ids, cells, finite.expand_as(scores)), 1)]
    embeddings = predictions.embeddings_at(row, boxes, cells)
    return torch.cat(columns if embeddings is None else [*columns, embeddings], 1)


class RankedPredictions:
    """See `Predictions`; with the table of `rank`.

    Attributes:
        max_detections: for which the table was made.
    """

    def __init__(self, predictions: Predictions, table: Tensor, max_detections: int) -> None:
        """Keep a batch's predictions and its table on the device."""
        self.suppress_overlaps = predictions.suppress_overlaps
        self.max_detections = max_detections
        self._predictions = predictions
        self._table = table

    @property
    def levels(self) -> Sequence[Level]:
        """See `Predictions`."""
        return self._predictions.levels

    def embeddings_at(
        self, row: int, boxes_xyxy: Tensor, cells: Tensor | None = None
    ) -> Tensor | None:
        """See `Predictions`."""
        return self._predictions.embeddings_at(row, boxes_xyxy, cells)

    def decode(self, max_detections: int, score_threshold: float) -> list[DecodedImage]:
        """Return the detections of every image, with arrays of their own; see `decode_image`.

        Raises:
            NetworkOutputError: if a score is not finite.
        """
        tables = to_host(self._table).numpy()
        return [
            _decode(table, max_detections, score_threshold, self.suppress_overlaps)
            for table in tables
        ]


def to_host(values: Tensor) -> Tensor:
    """Return a tensor's values in the host's memory, by one transfer without a detour."""
    if values.device.type == 'cpu':
        return values
    host = torch.empty(values.shape, dtype=values.dtype, pin_memory=True)
    host.copy_(values, non_blocking=True)
    torch.cuda.current_stream(values.device).synchronize()
    return host


def _decode(
    table: NDArray[np.float32], max_detections: int, score_threshold: float, suppress: bool
) -> DecodedImage:
    check_finite(bool(table[:, FINITE].all()))
    # Compared in float32, as on the device. Indexing copies: the table may be a reused buffer.
    table = table[table[:, SCORE] > np.float32(score_threshold)]
    class_ids = table[:, CLASS].astype(np.int64)
    if suppress:
        kept = non_maximum_suppression(table[:, :SCORE], class_ids)
        table, class_ids = table[kept], class_ids[kept]
    table = table[:max_detections]
    return DecodedImage(
        torch.from_numpy(table[:, :SCORE]),
        torch.from_numpy(table[:, SCORE]),
        torch.from_numpy(class_ids[:max_detections]),
        torch.from_numpy(table[:, CELL].astype(np.int64)),
        torch.from_numpy(table[:, FIRST_EMBEDDING:]) if table.shape[1] > FIRST_EMBEDDING else None,
    )
