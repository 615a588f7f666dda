"""A video file that is complete or not there."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from fairmot_ros.written_files import WriteError

CODEC = 'mp4v'


class VideoFile:
    """Writes images to a video, whose size is that of the first one.

    OpenCV does not say when writing fails, as on a full disk: `close` counts what is in the file.

    Attributes:
        path: of the video; a temporary file beside it until `close`.
        written: number of images so far; from `close` on, in the file.
    """

    def __init__(self, path: Path, frame_rate: float) -> None:
        """Prepare the file; it is made with the first image."""
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
                f'the image is {size[0]}x{size[1]}, the video {self._size[0]}x{self._size[1]}'
            )
        self._writer.write(np.ascontiguousarray(image))
        self.written += 1

    def close(self) -> None:
        """Finish the file and put it into its place; there is none without an image.

        Raises:
            WriteError: if not all images are in the file; it is removed.
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
                f'{self.path} cannot be written: {found} of {expected} images are in the file; is '
                'the disk full?'
            )
        self._partial.replace(self.path)
