# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Crops of people: images cut out along their boxes."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.files.writing import PARTIAL, write_image, writing
from fairmot_ros.standalone.outputs.base import Output, TrackedFrame
from fairmot_ros.types import Track


def crop_of(image: NDArray[np.uint8], track: Track) -> NDArray[np.uint8] | None:
    """Return the part of an image inside a track's box; None if there is no pixel in it.

    Args:
        image: uint8 [H, W, 3].
        track: the track.

    Returns:
        uint8 [h, w, 3], a view into the image.
    """
    height, width = image.shape[:2]
    corners = np.nan_to_num(track.box_xyxy).clip(0, (width, height, width, height))
    left, top, right, bottom = corners.round().astype(int).tolist()
    return image[top:bottom, left:right] if right > left and bottom > top else None


class Crops(Output):
    """Writes `<id>/<frame>.jpg` to a folder, at most one per track in an interval."""

    def __init__(self, folder: Path, interval: float) -> None:
        """Create a temporary folder, which replaces `folder` at the end.

        Args:
            folder: folder of the crops.
            interval: least time between two crops of a track, in seconds; 0 writes all.

        Raises:
            WriteError: if the folder cannot be created.
        """
        self._folder = folder
        self._interval = interval
        self._partial = folder.with_name(folder.name + PARTIAL)
        self._written_at: dict[int, float] = {}  # stamp of the last crop by track id
        with writing(folder):
            if self._partial.exists():
                shutil.rmtree(self._partial)
            self._partial.mkdir()

    def write(self, frame: TrackedFrame) -> None:
        """See `Output.write`."""
        for track in frame.tracks:
            last = self._written_at.get(track.track_id)
            # Stamps may go back where a bag loops.
            if last is not None and 0 <= frame.stamp - last < self._interval:
                continue
            crop = crop_of(frame.image, track)
            if crop is None:
                continue
            folder = self._partial / f'{track.track_id:04}'
            with writing(folder):
                folder.mkdir(exist_ok=True)
            write_image(folder / f'{frame.number:06}.jpg', crop)
            self._written_at[track.track_id] = frame.stamp

    def close(self) -> list[Path]:
        """See `Output.close`."""
        with writing(self._folder):
            if self._folder.exists():
                shutil.rmtree(self._folder)
            self._partial.replace(self._folder)
        return [self._folder]

    def discard(self) -> None:
        """See `Output.discard`."""
        shutil.rmtree(self._partial, ignore_errors=True)
