"""A picture of what the network is taught: samples with their targets drawn in."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from torch import Tensor

COLUMNS, MAX_SAMPLES = 4, 12
MAX_WIDTH = 480  # of one sample, pixels
BOX, CENTRE, UNKNOWN = (80, 255, 80), (60, 60, 255), (200, 200, 200)


def write_sheet(path: Path, batch: dict[str, Tensor], stride: int) -> None:
    """Draw the first samples of a batch side by side.

    Boxes and identities are read back from the targets, and the heat map lies over the
    picture in red, so that the sheet shows what the losses see.
    """
    count = min(len(batch['image']), MAX_SAMPLES)
    tiles = [draw_sample(batch, row, stride) for row in range(count)]
    tiles += [np.zeros_like(tiles[0])] * (-count % min(COLUMNS, count))
    columns = min(COLUMNS, count)
    rows = [np.hstack(tiles[i : i + columns]) for i in range(0, len(tiles), columns)]
    cv2.imwrite(str(path), np.vstack(rows))


def draw_sample(batch: dict[str, Tensor], row: int, stride: int) -> NDArray[np.uint8]:
    """Return one sample with its targets, BGR, uint8 [H, W, 3]."""
    sample = {
        name: value[row].cpu().numpy()
        for name, value in batch.items()
        if isinstance(value, Tensor)
    }
    image = np.ascontiguousarray(sample['image'][::-1].transpose(1, 2, 0))
    height, width = image.shape[:2]
    heat = cv2.resize(sample['hm'].max(axis=0), (width, height), interpolation=cv2.INTER_NEAREST)
    red = image * (1 - 0.6 * heat[..., None]) + heat[..., None] * np.array([0, 0, 150])
    image = red.astype(np.uint8)
    map_width = sample['hm'].shape[-1]
    for k in np.flatnonzero(sample['mask']):
        cell = sample['ind'][k]
        centre = (np.array([cell % map_width, cell // map_width]) + sample['reg'][k]) * stride
        size = sample['wh'][k] * stride
        sides = np.tile(size / 2, 2) if len(size) == 2 else size
        box = np.hstack((centre - sides[:2], centre + sides[2:])).round().astype(int)
        identity = int(sample['ids'][k])
        colour = BOX if identity >= 0 else UNKNOWN
        cv2.rectangle(image, box[:2].tolist(), box[2:].tolist(), colour, 1)
        cv2.circle(image, centre.round().astype(int).tolist(), 2, CENTRE, -1)
        if identity >= 0:
            place = (int(max(box[0], 0)) + 2, int(max(box[1], 0)) + 10)
            cv2.putText(image, str(identity), place, cv2.FONT_HERSHEY_SIMPLEX, 0.35, colour, 1)
    if width > MAX_WIDTH:
        size = (MAX_WIDTH, round(height * MAX_WIDTH / width))
        image = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    return image
