"""From a network's predictions to boxes, scores and embeddings, for all architectures."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from fairmot_ros.detector.suppression import non_maximum_suppression
from fairmot_ros.network.heat_map import from_whole_maps
from fairmot_ros.network.predictions import Candidates, Level, Predictions

#: Candidates of an image that non-maximum suppression compares, best first.
MAX_CANDIDATES = 1000


class NetworkOutputError(ValueError):
    """The output of a network cannot be used; the message says why."""


@dataclass(frozen=True)
class DecodedImage:
    """Detections of one image, in falling order of score.

    Attributes:
        boxes_xyxy: float32 [N, 4] in pixels of the network's input; they may leave it.
        scores: float32 [N].
        class_ids: int64 [N].
        cells: int64 [N], cell of the level that each was found in, y * W + x.
        embeddings: float32 [N, D], unit length, or None if the network has none.
    """

    boxes_xyxy: Tensor
    scores: Tensor
    class_ids: Tensor
    cells: Tensor
    embeddings: Tensor | None


def decode_image(
    predictions: Predictions, row: int, max_detections: int = 500, score_threshold: float = 0.0
) -> DecodedImage:
    """Read the detections of one image of a batch.

    Args:
        predictions: of a batch.
        row: of the image in the batch.
        max_detections: the best ones are kept.
        score_threshold: only scores above it are kept.
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
    """Return the cells of a level with a score above the threshold, in the order of the cells.

    On a level of peaks, a cell counts if none of its eight neighbours scores higher; equal
    neighbours all count (CenterNet, Zhou et al. 2019, section 4).

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
            'the network computed scores that are not finite: the weights or the precision do not '
            'suit these images'
        )


def decode(
    output: dict[str, Tensor], max_detections: int = 500, score_threshold: float = 0.0
) -> DecodedImage:
    """Read the raw maps of a published architecture for one image, see `FairMOTNetwork.forward`.

    Boxes are in cells of the maps, as the published code has them.

    Raises:
        ValueError: if the batch holds more than one image.
    """
    batch = output['hm'].shape[0]
    if batch != 1:
        raise ValueError(f'decode takes one image at a time, got a batch of {batch}')
    predictions = from_whole_maps(output, input_width=output['hm'].shape[3])  # stride 1: cells
    return decode_image(predictions, 0, max_detections, score_threshold)
