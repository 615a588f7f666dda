# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Video writer that leaves either a complete file or none."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from fairmot_ros.files.writing import WriteError

CODEC = 'mp4v'


class VideoFile:
    """Writes images of one size to a video.

    OpenCV does not report failed writes, e.g. on a full disk, so `close` counts the images in the
    file.

    Attributes:
        path: of the video; until `close`, the data is in a temporary file beside it.
        written: number of images written; after a failed `close`, 0.
    """

    def __init__(self, path: Path, frame_rate: float) -> None:
        """Store path and frame rate (frames per second); the first image creates the file."""
        self.path = path
        self.written = 0
        self._rate = frame_rate
        self._partial = path.with_name(f'{path.stem}.partial{path.suffix}')
        self._writer: cv2.VideoWriter | None = None
        self._size = (0, 0)

    def write(self, image: NDArray[np.uint8]) -> None:
        """Append an image, uint8 [H, W, 3], BGR.

        Raises:
            ValueError: if its size is not that of the first image.
            WriteError: if the file cannot be written.
        """
        size = (image.shape[1], image.shape[0])
        if self._writer is None:
            self._size = size
            codec = cv2.VideoWriter.fourcc(*CODEC)
            self._writer = cv2.VideoWriter(str(self._partial), codec, self._rate, size)
            if not self._writer.isOpened():
                self._partial.unlink(missing_ok=True)
                self._writer = None
                raise WriteError(
                    f'{self.path} cannot be written as a video of {size[0]}x{size[1]}'
                )
        if size != self._size:
            raise ValueError(
                f'the image is {size[0]}x{size[1]}; expected {self._size[0]}x{self._size[1]}, the '
                'size of the first image'
            )
        self._writer.write(np.ascontiguousarray(image))
        self.written += 1

    def close(self) -> None:
        """Complete the file and move it to `path`; without any image, do nothing.

        Raises:
            WriteError: if images are missing in the file, which is then removed.
        """
        if self._writer is None:
            return
        self._writer.release()
        self._writer = None
        video = cv2.VideoCapture(str(self._partial))
        found = int(video.get(cv2.CAP_PROP_FRAME_COUNT)) if video.isOpened() else 0
        video.release()
        if found < self.written:
            expected, self.written = self.written, 0
            self._partial.unlink(missing_ok=True)
            raise WriteError(
                f'{self.path} cannot be written: the file holds {found} of {expected} images; '
                'check that the disk is not full'
            )
        self._partial.replace(self.path)

    def discard(self) -> None:
        """Remove the temporary file; an existing file at `path` is unchanged."""
        if self._writer is not None:
            self._writer.release()
            self._writer = None
            self._partial.unlink(missing_ok=True)
