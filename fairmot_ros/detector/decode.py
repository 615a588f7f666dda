"""From the network's raw maps to boxes, scores and embeddings."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from fairmot_ros.detector.maps import Maps, WholeMaps


@dataclass(frozen=True)
class DecodedPeaks:
    """The local maxima of one image's heat maps, in falling order of score.

    Attributes:
        boxes_xyxy: float32 [N, 4] in cells of the map; they may leave it.
        scores: float32 [N].
        class_ids: int64 [N].
        cells: int64 [N], y * W + x.
        embeddings: float32 [N, D], unit length.
    """

    boxes_xyxy: Tensor
    scores: Tensor
    class_ids: Tensor
    cells: Tensor
    embeddings: Tensor


def decode(
    output: dict[str, Tensor], max_detections: int = 500, score_threshold: float = 0.0
) -> DecodedPeaks:
    """Read the peaks off one image's maps, see `decode_peaks`.

    Args:
        output: raw maps of a batch of one, see `FairMOTNetwork.forward`.
        max_detections: the best ones that are kept.
        score_threshold: only scores above it are kept.
    """
    batch = output['hm'].shape[0]
    if batch != 1:
        raise ValueError(f'decode takes one image at a time, got a batch of {batch}')
    return decode_peaks(WholeMaps(output), 0, max_detections, score_threshold)


def decode_peaks(
    maps: Maps, row: int, max_detections: int = 500, score_threshold: float = 0.0
) -> DecodedPeaks:
    """Find the peaks of one image's heat maps, and read the other heads there alone.

    A cell is a peak if none of its eight neighbours is higher; equal neighbours all count
    (CenterNet, Zhou et al. 2019, section 4). Embeddings are normalised after they are read.

    Args:
        maps: of a batch.
        row: of the image in the batch.
        max_detections: the best ones that are kept.
        score_threshold: only scores above it are kept.
    """
    heat = maps.hm[row : row + 1].float().sigmoid()
    is_peak = (F.max_pool2d(heat, 3, stride=1, padding=1) == heat) & (heat > score_threshold)
    index = is_peak.flatten().nonzero().squeeze(1)
    scores = heat.flatten()[index]
    # A stable sort: equal scores are common, and their order must not change from run to run.
    order = torch.sort(scores, descending=True, stable=True).indices[:max_detections]
    scores, index = scores[order], index[order]

    height, width = heat.shape[2:]
    class_ids = index.div(height * width, rounding_mode='floor')
    cells = index % (height * width)
    heads = {name: values.float() for name, values in maps.at(row, cells).items()}
    offset, size = heads['reg'], heads['wh']
    x = (cells % width).float() + offset[:, 0]
    y = cells.div(width, rounding_mode='floor').float() + offset[:, 1]
    if size.shape[1] == 2:  # width and height, of the first published models
        size = (size / 2).repeat(1, 2)
    boxes = torch.stack((x - size[:, 0], y - size[:, 1], x + size[:, 2], y + size[:, 3]), dim=1)
    embeddings = F.normalize(heads['id'], eps=1e-12)
    return DecodedPeaks(boxes, scores, class_ids, cells, embeddings)
