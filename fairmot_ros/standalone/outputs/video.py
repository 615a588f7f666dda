# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The annotated video."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.media.video_writer import VideoFile
from fairmot_ros.standalone.outputs.base import Output, TrackedFrame

#: Longest time, in seconds, that an image is repeated for in the video of a live source.
MAX_REPETITION = 10.0


class AnnotatedVideo(Output):
    """Writes the drawn images as a video with a fixed frame rate.

    Images of a live source are repeated until the next one arrived, so that the video plays at the
    right speed.
    """

    def __init__(self, path: Path, frame_rate: float, *, is_live: bool = False) -> None:
        """Store path and frame rate; the first image creates the file."""
        self._video = VideoFile(path, frame_rate)
        self._rate = frame_rate
        self._is_live = is_live
        self._due = 0.0  # position in the video, in frames, of the last stamp
        self._last: tuple[float, NDArray[np.uint8]] | None = None
        self._left_out = 0

    def write(self, frame: TrackedFrame) -> None:
        """See `Output.write`."""
        assert frame.canvas is not None
        copies = 1
        if self._is_live and self._last is not None:
            stamp, image = self._last
            self._due += min(frame.stamp - stamp, MAX_REPETITION) * self._rate
            copies = round(self._due) + 1 - self._video.written
            for _ in range(copies - 1):
                self._add(image)
        if copies > 0:
            self._add(frame.canvas)
        self._last = (frame.stamp, frame.canvas)

    def _add(self, image: NDArray[np.uint8]) -> None:
        try:
            self._video.write(image)
        except ValueError:  # another size
            self._left_out += 1

    def close(self) -> list[Path]:
        """See `Output.close`."""
        self._video.close()
        return [self._video.path] if self._video.written else []

    def discard(self) -> None:
        """See `Output.discard`."""
        self._video.discard()

    def notes(self) -> list[str]:
        """See `Output.notes`."""
        if not self._left_out:
            return []
        return [
            f'{self._left_out} frames are left out of the annotated video: their size is not that '
            'of the first one'
        ]
