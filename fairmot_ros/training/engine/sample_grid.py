# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""An image of training samples with their targets drawn in, to check the data."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from fairmot_ros.files.writing import write_image
from fairmot_ros.training.losses.objectives import Recipe

COLUMNS, MAX_SAMPLES = 4, 12
MAX_WIDTH = 480  # of one sample in the grid, pixels
BOX, CENTRE, UNKNOWN = (80, 255, 80), (60, 60, 255), (200, 200, 200)
IGNORED = (255, 160, 60)


def write_sample_grid(path: Path, batch: dict[str, Tensor], recipe: Recipe, stride: int) -> None:
    """Draw the first samples of a batch as a grid.

    Boxes and identities are decoded from the targets, and the heat map is overlaid in red, so the
    grid shows the input of the losses.

    Args:
        path: image file to write.
        batch: stacked samples.
        recipe: recipe that made the targets.
        stride: stride of the network.
    """
    count = min(len(batch['image']), MAX_SAMPLES)
    tiles = [draw_sample(batch, row, recipe, stride) for row in range(count)]
    tiles += [np.zeros_like(tiles[0])] * (-count % min(COLUMNS, count))
    columns = min(COLUMNS, count)
    rows = [np.hstack(tiles[i : i + columns]) for i in range(0, len(tiles), columns)]
    write_image(path, np.vstack(rows))


def draw_sample(
    batch: dict[str, Tensor], row: int, recipe: Recipe, stride: int
) -> NDArray[np.uint8]:
    """Return an image of one sample with its targets, uint8 [H, W, 3], BGR.

    See `write_sample_grid` for the arguments; `row` is the index of the sample.
    """
    sample = {
        name: value[row].cpu().numpy()
        for name, value in batch.items()
        if isinstance(value, Tensor)
    }
    image = np.ascontiguousarray(sample['image'][::-1].transpose(1, 2, 0))
    height, width = image.shape[:2]
    targets = recipe.decode_targets(sample, stride)
    if targets.heat is not None:
        heat = cv2.resize(targets.heat, (width, height), interpolation=cv2.INTER_NEAREST)
        red = image * (1 - 0.6 * heat[..., None]) + heat[..., None] * np.array([0, 0, 150])
        image = red.astype(np.uint8)
    for box in targets.ignored_xyxy.round().astype(int):
        cv2.rectangle(image, box[:2].tolist(), box[2:].tolist(), IGNORED, 1)
    for box, identity in zip(targets.boxes_xyxy, targets.identities.tolist()):
        colour = BOX if identity >= 0 else UNKNOWN
        centre = ((box[:2] + box[2:]) / 2).round().astype(int)
        corners = box.round().astype(int)
        cv2.rectangle(image, corners[:2].tolist(), corners[2:].tolist(), colour, 1)
        cv2.circle(image, centre.tolist(), 2, CENTRE, -1)
        if identity >= 0:
            place = (int(max(corners[0], 0)) + 2, int(max(corners[1], 0)) + 10)
            cv2.putText(image, str(identity), place, cv2.FONT_HERSHEY_SIMPLEX, 0.35, colour, 1)
    if width > MAX_WIDTH:
        size = (MAX_WIDTH, round(height * MAX_WIDTH / width))
        image = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    return image
