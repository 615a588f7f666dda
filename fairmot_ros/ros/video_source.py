"""Pictures in order, from a video file or a folder, with their frame rate."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from fairmot_ros.evaluation.seqinfo import read_seqinfo

PICTURES = ('.jpg', '.jpeg', '.png', '.bmp', '.tif')
FALLBACK_RATE = 25.0


class SourceError(ValueError):
    """A video or folder that cannot be played; the message says why."""


class VideoSource:
    """Reads a video file or a folder of pictures.

    Attributes:
        path: the file or folder.
        frame_rate: images per second: as asked for, else that of a `seqinfo.ini` beside the
            source (the header of a video is often wrong about a recording's true rate), else
            the container's, else 25.
        length: number of images, 0 if the container does not tell.
    """

    def __init__(self, path: str | Path, frame_rate: float = 0.0) -> None:
        """Open the source.

        Raises:
            SourceError: if there is nothing that can be played.
        """
        self.path = Path(path)
        self._files: list[Path] = []
        container_rate = 0.0
        if self.path.is_dir():
            self._files = sorted(p for p in self.path.iterdir() if p.suffix.lower() in PICTURES)
            if not self._files:
                raise SourceError(f'the folder {path} holds no pictures ({", ".join(PICTURES)})')
            self.length = len(self._files)
        elif self.path.is_file():
            capture = cv2.VideoCapture(str(self.path))
            if not capture.isOpened():
                raise SourceError(f'{path} cannot be opened as a video')
            self.length = max(0, int(capture.get(cv2.CAP_PROP_FRAME_COUNT)))
            container_rate = capture.get(cv2.CAP_PROP_FPS)
            capture.release()
        else:
            raise SourceError(f'no video at {path}: give a video file or a folder of pictures')
        self.frame_rate = frame_rate or self._seqinfo_rate() or container_rate or FALLBACK_RATE

    def _seqinfo_rate(self) -> float:
        for folder in (self.path if self.path.is_dir() else self.path.parent, self.path.parent):
            if (folder / 'seqinfo.ini').is_file():
                return float(read_seqinfo(folder / 'seqinfo.ini').frame_rate)
        return 0.0

    def __iter__(self) -> Iterator[NDArray[np.uint8]]:
        """Yield the images, uint8 [H, W, 3], BGR."""
        if self._files:
            for file in self._files:
                picture = cv2.imread(str(file), cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
                if picture is None:
                    raise SourceError(f'the picture {file} cannot be read')
                yield picture
            return
        capture = cv2.VideoCapture(str(self.path))
        try:
            while True:
                more, picture = capture.read()
                if not more:
                    return
                yield picture
        finally:
            capture.release()
