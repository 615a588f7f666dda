# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Decode a network's predictions to boxes, scores and embeddings, for all architectures."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from fairmot_ros.detector.suppression import non_maximum_suppression
from fairmot_ros.network.heat_map import from_whole_maps
from fairmot_ros.network.predictions import Candidates, Level, Predictions

#: Most candidates per image for non-maximum suppression; those with the highest scores are used.
MAX_CANDIDATES = 1000


class NetworkOutputError(ValueError):
    """Raised for unusable output of a network; the message gives the reason."""


@dataclass(frozen=True)
class DecodedImage:
    """Detections of one image, by descending score.

    Attributes:
        boxes_xyxy: float32 [N, 4] in pixels of the network's input; not clipped to it.
        scores: float32 [N].
        class_ids: int64 [N].
        cells: int64 [N], index of the detection's cell in its level, y * W + x.
        embeddings: float32 [N, D], unit length; None if the network computes none.
    """

    boxes_xyxy: Tensor
    scores: Tensor
    class_ids: Tensor
    cells: Tensor
    embeddings: Tensor | None


def decode_image(
    predictions: Predictions, row: int, max_detections: int = 500, score_threshold: float = 0.0
) -> DecodedImage:
    """Return the detections of one image of a batch.

    Args:
        predictions: of the batch.
        row: index of the image in the batch.
        max_detections: most detections to return; those with the highest scores are kept.
        score_threshold: detections must score above it.

    Raises:
        NetworkOutputError: if a score is not finite.
    """
    parts = [candidates_of(level, row, score_threshold) for level in predictions.levels]
    candidates = Candidates.joined(parts)
    if predictions.suppress_overlaps:
        candidates = candidates.best(MAX_CANDIDATES)
        kept = non_maximum_suppression(
            candidates.boxes_xyxy.cpu().numpy(), candidates.class_ids.cpu().numpy()
        )
        candidates = candidates[torch.from_numpy(kept).to(candidates.scores.device)]
    candidates = candidates.best(max_detections)
    embeddings = predictions.embeddings_at(row, candidates.boxes_xyxy, candidates.cells)
    return DecodedImage(
        candidates.boxes_xyxy,
        candidates.scores,
        candidates.class_ids,
        candidates.cells,
        embeddings,
    )


def candidates_of(level: Level, row: int, score_threshold: float) -> Candidates:
    """Return the cells of a level that score above the threshold, by class and index.

    With `peaks_only`, only cells without a higher score among their eight neighbours are
    returned; of equal neighbours, all are (CenterNet, Zhou et al. 2019, section 4).

    Raises:
        NetworkOutputError: if a score is not finite.
    """
    scores = level.scores[row : row + 1]
    check_finite(bool(torch.isfinite(scores).all()))
    chosen = scores > score_threshold
    if level.peaks_only:
        chosen &= F.max_pool2d(scores, 3, stride=1, padding=1) == scores
    index = chosen.flatten().nonzero().squeeze(1)
    cells_per_class = scores.shape[2] * scores.shape[3]
    cells = index % cells_per_class
    return Candidates(
        level.boxes_at(row, cells),
        scores.flatten()[index],
        index.div(cells_per_class, rounding_mode='floor'),
        cells,
    )


def check_finite(finite: bool) -> None:
    """Raise NetworkOutputError if the scores of an image are not finite."""
    if not finite:
        raise NetworkOutputError(
            'the network computed scores that are not finite: check the weights, or choose '
            'precision fp32'
        )


def decode(
    output: dict[str, Tensor], max_detections: int = 500, score_threshold: float = 0.0
) -> DecodedImage:
    """Decode the raw maps of a published architecture for one image.

    Args:
        output: maps of `FairMOTNetwork.forward`, with a batch of one.
        max_detections: see `decode_image`.
        score_threshold: see `decode_image`.

    Returns:
        Detections with boxes in cells of the maps, as in the published code.

    Raises:
        ValueError: if the batch holds more than one image.
    """
    batch = output['hm'].shape[0]
    if batch != 1:
        raise ValueError(f'decode takes one image at a time, got a batch of {batch}')
    predictions = from_whole_maps(output, input_width=output['hm'].shape[3])  # stride 1: cells
    return decode_image(predictions, 0, max_detections, score_threshold)
