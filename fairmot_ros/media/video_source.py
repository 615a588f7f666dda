# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Reader of video files and image folders: images, frame numbers and frame rate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from fairmot_ros.files.errors import reason_of
from fairmot_ros.media.image_folder import IMAGE_SUFFIXES, frame_numbers, list_images
from fairmot_ros.media.selection import Selection
from fairmot_ros.media.seqinfo import seqinfo_rate
from fairmot_ros.pixels import MAX_IMAGE_PIXELS, ImageError, check_size, read_image_file

FALLBACK_RATE = 25.0
ALL_FRAMES = Selection()


class SourceError(ValueError):
    """A video or image folder that cannot be read; the message says why."""


class VideoSource:
    """Reads a video file or a folder of images.

    Attributes:
        path: the file or folder.
        frame_rate: frames per second: the argument, else that of a `seqinfo.ini` beside the
            source (video headers often have a wrong rate), else that of the video, else 25.
        length: number of images, 0 if the video does not declare it.
        numbers: frame numbers of the images in a folder, see `frame_numbers`; None for a video,
            whose frames are 1, 2, ...
        notes: remarks on the frame numbers, for the user.
        unreadable: one sentence per image file that could not be read so far.
        max_pixels: limit of width x height of an image.
    """

    def __init__(
        self,
        path: str | Path,
        frame_rate: float = 0.0,
        files: Sequence[Path] = (),
        max_pixels: int = MAX_IMAGE_PIXELS,
    ) -> None:
        """Open the source.

        Args:
            path: video file or image folder.
            frame_rate: frames per second; 0 reads it from the source.
            files: images of the folder to use; all if empty.
            max_pixels: limit of width x height; larger videos are an error, larger image files are
                unreadable.

        Raises:
            SourceError: if the path is neither a readable video nor a folder with images.
        """
        self.path = Path(path).resolve() if Path(path).name in ('', '..') else Path(path)
        self.numbers: tuple[int, ...] | None = None
        self.notes: list[str] = []
        self.unreadable: list[str] = []
        self.max_pixels = max_pixels
        self._files: list[Path] = []
        container_rate = 0.0
        if self.path.is_dir():
            self._files = list(files) or list_images(self.path)
            if not self._files:
                raise SourceError(
                    f'the folder {path} contains no images ({", ".join(IMAGE_SUFFIXES)})'
                    f'{_bag_hint(self.path)}'
                )
            try:
                self.numbers, self.notes = frame_numbers(self._files)
            except ValueError as error:
                raise SourceError(f'the folder {path} cannot be read: {error}') from error
            self.length = len(self._files)
        elif self.path.is_file():
            capture = cv2.VideoCapture(str(self.path))
            if not capture.isOpened():
                raise SourceError(f'{path} cannot be opened as a video{_bag_hint(self.path)}')
            self.length = max(0, int(capture.get(cv2.CAP_PROP_FRAME_COUNT)))
            container_rate = capture.get(cv2.CAP_PROP_FPS)
            width = int(capture.get(cv2.CAP_PROP_FRAME_WIDTH))
            height = int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT))
            capture.release()
            try:
                check_size(max(width, 1), max(height, 1), max_pixels)
            except ImageError as error:
                raise SourceError(
                    f'the video {path} cannot be read: {reason_of(error)}'
                ) from error
        else:
            raise SourceError(f'no video at {path}: give a video file or a folder of images')
        self.frame_rate = frame_rate or seqinfo_rate(self.path) or container_rate or FALLBACK_RATE

    @property
    def first_number(self) -> int:
        """Frame number of the first image."""
        return self.numbers[0] if self.numbers else 1

    def __iter__(self) -> Iterator[NDArray[np.uint8]]:
        """Yield the images, uint8 [H, W, 3], BGR, without their numbers; see `frames`."""
        return (image for _, image in self.frames())

    def times(self) -> Iterator[float]:
        """Yield the time of each frame in seconds from the first one; endlessly for a video."""
        for number in count(1) if self.numbers is None else self.numbers:
            yield (number - self.first_number) / self.frame_rate

    def frames(self, selection: Selection = ALL_FRAMES) -> Iterator[tuple[int, NDArray[np.uint8]]]:
        """Yield frame number and image, uint8 [H, W, 3], BGR.

        Image files that cannot be read are skipped and listed in `unreadable`.

        Args:
            selection: frames to yield; others keep their numbers.

        Raises:
            SourceError: if no image of the folder can be read.
        """
        return self._video(selection) if self.numbers is None else self._folder(selection)

    def _folder(self, selection: Selection) -> Iterator[tuple[int, NDArray[np.uint8]]]:
        assert self.numbers is not None
        self.unreadable.clear()
        chosen = 0
        for number, file, is_chosen in zip(
            self.numbers, self._files, selection.choices(self.times())
        ):
            if not is_chosen:
                continue
            chosen += 1
            try:
                image = read_image_file(file, max_pixels=self.max_pixels)
            except ImageError as error:
                self.unreadable.append(str(error))
            else:
                yield number, image
        if chosen and len(self.unreadable) == chosen:
            raise SourceError(f'none of the images in {self.path} can be read')

    def _video(self, selection: Selection) -> Iterator[tuple[int, NDArray[np.uint8]]]:
        capture = cv2.VideoCapture(str(self.path))
        try:
            for number, (time, is_chosen) in enumerate(
                zip(self.times(), selection.choices(self.times())), 1
            ):
                if selection.is_past(time) or not capture.grab():
                    return
                if is_chosen:
                    read, image = capture.retrieve()
                    if not read:
                        return
                    yield number, image
        finally:
            capture.release()


def _bag_hint(path: Path) -> str:
    """Return the end of an error message for a path that is a bag, '' for other paths."""
    files = [path] if path.is_file() else list(path.iterdir())
    suffixes = {file.suffix for file in files}
    if '.bag' in suffixes:
        return '; convert a ROS 1 bag with rosbags-convert, then use fairmot-evaluate'
    if suffixes & {'.mcap', '.db3'}:
        return '; use fairmot-evaluate for bags'
    return ''
