# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Contact sheets of tracks: one row of crops per track, spread over its life."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from fairmot_ros.files.writing import write_image
from fairmot_ros.media.drawing import track_colour, write_label
from fairmot_ros.standalone.outputs.base import Output, TrackedFrame
from fairmot_ros.standalone.outputs.crops import crop_of

COLUMNS = 8  # crops per track
TILE = (64, 128)  # width and height of a crop in the sheet, pixels
LABEL_WIDTH = 150
GAP = 4
ROWS = 100  # of one sheet; further tracks go to further sheets
BACKGROUND = 24
TEXT_SCALE = 0.45


@dataclass
class TrackRow:
    """Crops of one track at regular intervals.

    Every `stride`-th observation is kept. Once `2 * COLUMNS` are kept, every other one is dropped
    and the stride is doubled, so the number of crops stays bounded and they cover the whole life.

    Attributes:
        first, last: stamps of the first and last observation in seconds.
        observations: number of observations.
        stride: interval of the crops in observations.
        tiles: crops, uint8 [128, 64, 3].
    """

    first: float
    last: float = 0.0
    observations: int = 0
    stride: int = 1
    tiles: list[NDArray[np.uint8]] = field(default_factory=list)

    def add(self, crop: NDArray[np.uint8], stamp: float) -> None:
        """Add an observation."""
        if self.observations % self.stride == 0:
            self.tiles.append(_tile(crop))
            if len(self.tiles) == 2 * COLUMNS:
                del self.tiles[1::2]
                self.stride *= 2
        self.observations += 1
        self.last = stamp

    def image(self, track_id: int) -> NDArray[np.uint8]:
        """Return the row, uint8 [132, W, 3]: id, duration and crops."""
        width = LABEL_WIDTH + COLUMNS * (TILE[0] + GAP)
        row = np.full((TILE[1] + GAP, width, 3), BACKGROUND, np.uint8)
        write_label(row, str(track_id), (GAP, 40), track_colour(track_id), 2 * TEXT_SCALE, 2)
        texts = (f'{self.last - self.first:.1f} s', f'{self.observations} frames')
        for text, bottom in zip(texts, (70, 94)):
            write_label(row, text, (GAP, bottom), (BACKGROUND,) * 3, TEXT_SCALE, 1)
        chosen = np.linspace(0, len(self.tiles) - 1, min(COLUMNS, len(self.tiles)))
        for column, index in enumerate(chosen.round().astype(int).tolist()):
            left = LABEL_WIDTH + column * (TILE[0] + GAP)
            row[: TILE[1], left : left + TILE[0]] = self.tiles[index]
        return row


def _tile(crop: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a crop, scaled to fit into a tile with its proportions."""
    height, width = crop.shape[:2]
    scale = min(TILE[0] / width, TILE[1] / height)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    tile = np.full((TILE[1], TILE[0], 3), BACKGROUND, np.uint8)
    top, left = (TILE[1] - size[1]) // 2, (TILE[0] - size[0]) // 2
    tile[top : top + size[1], left : left + size[0]] = cv2.resize(
        crop, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    )
    return tile


class ContactSheet(Output):
    """Writes `tracks.jpg`, and `tracks_2.jpg` and so on if there are more than `ROWS` tracks."""

    def __init__(self, path: Path) -> None:
        """Store the path of the first sheet."""
        self._path = path
        self._rows: dict[int, TrackRow] = {}

    def write(self, frame: TrackedFrame) -> None:
        """See `Output.write`."""
        for track in frame.tracks:
            crop = crop_of(frame.image, track)
            if crop is not None:
                row = self._rows.setdefault(track.track_id, TrackRow(frame.stamp))
                row.add(crop, frame.stamp)

    def close(self) -> list[Path]:
        """See `Output.close`."""
        rows = [self._rows[track_id].image(track_id) for track_id in sorted(self._rows)]
        written = []
        for number, start in enumerate(range(0, len(rows), ROWS), 1):
            name = self._path.name if number == 1 else f'{self._path.stem}_{number}.jpg'
            written.append(self._path.with_name(name))
            write_image(written[-1], np.vstack(rows[start : start + ROWS]))
        return written

    def discard(self) -> None:
        """See `Output.discard`."""
        self._rows.clear()
