"""Images in order, from a video file or a folder, with their frame numbers and frame rate."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from fairmot_ros.media.image_folder import PICTURES, frame_numbers, list_images
from fairmot_ros.media.seqinfo import read_seqinfo

FALLBACK_RATE = 25.0


class SourceError(ValueError):
    """A video or folder that cannot be played; the message says why."""


class VideoSource:
    """Reads a video file or a folder of images.

    Attributes:
        path: the file or folder.
        frame_rate: frames per second: as asked for, else that of a `seqinfo.ini` beside the
            source (the header of a video is often wrong about a recording's true rate), else
            the container's, else 25.
        length: number of images, 0 if the container does not tell.
        numbers: of the frames of a folder, rising, see `frame_numbers`; None for a video, whose
            frames are 1, 2, ...
        notes: what a user should know about the numbers.
        unreadable: a sentence about each image file that could not be read so far.
    """

    def __init__(self, path: str | Path, frame_rate: float = 0.0) -> None:
        """Open the source.

        Raises:
            SourceError: if there is nothing that can be played.
        """
        self.path = Path(path).resolve() if Path(path).name in ('', '..') else Path(path)
        self.numbers: tuple[int, ...] | None = None
        self.notes: list[str] = []
        self.unreadable: list[str] = []
        self._files: list[Path] = []
        container_rate = 0.0
        if self.path.is_dir():
            self._files = list_images(self.path)
            if not self._files:
                raise SourceError(
                    f'the folder {path} holds no pictures ({", ".join(PICTURES)})'
                    f'{_bag_hint(self.path)}'
                )
            try:
                self.numbers, self.notes = frame_numbers(self._files)
            except ValueError as error:
                raise SourceError(f'the folder {path} cannot be played: {error}') from error
            self.length = len(self._files)
        elif self.path.is_file():
            capture = cv2.VideoCapture(str(self.path))
            if not capture.isOpened():
                raise SourceError(f'{path} cannot be opened as a video{_bag_hint(self.path)}')
            self.length = max(0, int(capture.get(cv2.CAP_PROP_FRAME_COUNT)))
            container_rate = capture.get(cv2.CAP_PROP_FPS)
            capture.release()
        else:
            raise SourceError(f'no video at {path}: give a video file or a folder of pictures')
        self.frame_rate = frame_rate or self._seqinfo_rate() or container_rate or FALLBACK_RATE

    @property
    def first_number(self) -> int:
        """Number of the first frame."""
        return self.numbers[0] if self.numbers else 1

    def _seqinfo_rate(self) -> float:
        folder = self.path.resolve()
        for place in (folder if folder.is_dir() else folder.parent, folder.parent):
            if (place / 'seqinfo.ini').is_file():
                return float(read_seqinfo(place / 'seqinfo.ini').frame_rate)
        return 0.0

    def __iter__(self) -> Iterator[NDArray[np.uint8]]:
        """Yield the images, uint8 [H, W, 3], BGR; see `frames`."""
        return (image for _, image in self.frames())

    def frames(self) -> Iterator[tuple[int, NDArray[np.uint8]]]:
        """Yield the number of each frame and its image, uint8 [H, W, 3], BGR.

        Files that cannot be read are skipped, and noted in `unreadable`.

        Raises:
            SourceError: if no image of a folder can be read.
        """
        return enumerate(self._video(), 1) if self.numbers is None else self._folder()

    def _folder(self) -> Iterator[tuple[int, NDArray[np.uint8]]]:
        assert self.numbers is not None
        self.unreadable = []
        for number, file in zip(self.numbers, self._files):
            picture = cv2.imread(str(file), cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
            if picture is None:
                self.unreadable.append(f'the picture {file} cannot be read')
            else:
                yield number, picture
        if len(self.unreadable) == len(self._files):
            raise SourceError(f'no picture in {self.path} can be read')

    def _video(self) -> Iterator[NDArray[np.uint8]]:
        capture = cv2.VideoCapture(str(self.path))
        try:
            while True:
                more, picture = capture.read()
                if not more:
                    return
                yield picture
        finally:
            capture.release()


def _bag_hint(path: Path) -> str:
    """Return what to do with a file or folder that is a bag, '' if it is none."""
    files = [path] if path.is_file() else list(path.iterdir())
    suffixes = {file.suffix for file in files}
    if '.bag' in suffixes:
        return '; a bag of ROS 1 is converted by rosbags-convert, and fairmot-evaluate reads that'
    if suffixes & {'.mcap', '.db3'}:
        return '; fairmot-evaluate reads bags'
    return ''
