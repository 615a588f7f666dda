# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Streams of frames: one way to read every kind of source."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.media.live_source import LiveSource
from fairmot_ros.media.selection import Selection
from fairmot_ros.media.video_source import ALL_FRAMES, FALLBACK_RATE, VideoSource
from fairmot_ros.pixels import MAX_IMAGE_PIXELS
from fairmot_ros.standalone.sources import Kind, Source


@dataclass(frozen=True)
class ReadOptions:
    """How to read a source.

    Attributes:
        selection: frames to use.
        frame_rate: frames per second; 0 takes that of the source.
        image_topic: topic of the images in a bag; None for the only one.
        max_pixels: limit of width x height of an image.
    """

    selection: Selection = ALL_FRAMES
    frame_rate: float = 0.0
    image_topic: str | None = None
    max_pixels: int = MAX_IMAGE_PIXELS


class Frame(NamedTuple):
    """One frame.

    Attributes:
        number: frame number in the source, from 1 on.
        stamp: time in seconds: of the header in a bag, otherwise from the first frame.
        image: uint8 [H, W, 3], BGR.
    """

    number: int
    stamp: float
    image: NDArray[np.uint8]


class Stream(ABC):
    """An open source; use it as a context manager.

    Attributes:
        frame_rate: frames per second of the source.
        total: expected number of selected frames; 0 if unknown.
        is_live: whether frames arrive in real time, and some are dropped if tracking is slower.
        unreadable: one sentence per image that could not be read so far.
    """

    frame_rate: float
    total: int = 0
    is_live: bool = False

    def __init__(self) -> None:
        self.unreadable: list[str] = []

    def __enter__(self) -> Stream:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @abstractmethod
    def close(self) -> None:
        """Close the source."""

    @abstractmethod
    def frames(self) -> Iterator[Frame]:
        """Yield the selected frames; images that cannot be read are listed in `unreadable`.

        Raises:
            ValueError: if the source cannot be read, or not any further.
        """

    def notes(self) -> list[str]:
        """Return remarks for the user; complete after the last frame."""
        return []


def open_stream(
    source: Source, options: ReadOptions, stopped: Callable[[], bool] = lambda: False
) -> Stream:
    """Open a source.

    Args:
        source: the source.
        options: how to read it.
        stopped: asked while waiting for live images; if it returns true, the frames end.

    Raises:
        ValueError: if the source cannot be read.
    """
    if source.kind is Kind.BAG:
        return BagStream(source, options)
    if source.is_live:
        return LiveStream(source, options, stopped)
    return VideoStream(source, options)


class VideoStream(Stream):
    """A video file or a folder of images."""

    def __init__(self, source: Source, options: ReadOptions) -> None:
        """Open the source; see `open_stream`."""
        super().__init__()
        self._selection = options.selection
        self._video = VideoSource(
            source.text, options.frame_rate, source.images, options.max_pixels
        )
        self.unreadable = self._video.unreadable
        self.frame_rate = self._video.frame_rate
        times = [time for _, time in zip(range(self._video.length), self._video.times())]
        self.total = sum(self._selection.choices(times))
        self._read = 0
        self._is_complete = False  # whether all frames were read

    def close(self) -> None:
        """Do nothing: files are open while they are read."""

    def frames(self) -> Iterator[Frame]:
        """See `Stream.frames`."""
        first, rate = self._video.first_number, self._video.frame_rate
        for number, image in self._video.frames(self._selection):
            self._read += 1
            yield Frame(number, (number - first) / rate, image)
        self._is_complete = True

    def notes(self) -> list[str]:
        """See `Stream.notes`."""
        found = list(self._video.notes)
        lost = self.total - self._read - len(self.unreadable)
        # The number of frames that a container declares is often an estimate.
        if self._is_complete and lost * self._selection.every > self.frame_rate:
            found.append(
                f'{self._read} of the {self.total} frames that the video declares can be read: it '
                'is damaged or incomplete'
            )
        return found


class BagStream(Stream):
    """A topic of images in a bag."""

    def __init__(self, source: Source, options: ReadOptions) -> None:
        """Open the bag and read the stamps of its images; see `open_stream`."""
        # Imported here because it needs rosbags, an optional package.
        from fairmot_ros.evaluation.bags import Bag, ImageStream
        from fairmot_ros.evaluation.bags.image_index import index_images

        super().__init__()
        with ExitStack() as stack:
            self._bag = stack.enter_context(Bag(Path(source.text)))
            self._images = ImageStream(self._bag, options.image_topic, options.max_pixels)
            index = index_images(self._images)
            self._closing = stack.pop_all()
        self._notes = index.notes
        stamps = index.frames.stamps.tolist()
        times = [(stamp - stamps[0]) * 1e-9 for stamp in stamps]
        self._number_of = {
            stamp: number
            for number, (stamp, is_chosen) in enumerate(
                zip(stamps, options.selection.choices(times)), 1
            )
            if is_chosen
        }
        self.total = len(self._number_of)
        self.frame_rate = options.frame_rate or index.frames.rate or FALLBACK_RATE

    def close(self) -> None:
        """Close the bag."""
        self._closing.close()

    def frames(self) -> Iterator[Frame]:
        """See `Stream.frames`."""
        from fairmot_ros.evaluation.bags.frames import seconds_of

        for image in self._images.images(
            self._number_of, lambda _, error: self.unreadable.append(str(error))
        ):
            yield Frame(self._number_of[image.stamp], seconds_of(image.stamp), image.pixels)

    def notes(self) -> list[str]:
        """See `Stream.notes`."""
        return [*([self._bag.damage] if self._bag.damage else []), *self._notes]


class LiveStream(Stream):
    """A camera or an address."""

    def __init__(self, source: Source, options: ReadOptions, stopped: Callable[[], bool]) -> None:
        """Connect to the source; see `open_stream`."""
        super().__init__()
        self._selection = options.selection
        self._stopped = stopped
        is_number = source.kind is Kind.CAMERA and source.text.isdecimal()
        self._live = LiveSource(
            int(source.text) if is_number else source.text,
            options.frame_rate,
            options.max_pixels,
            source.shown,
        )
        self.frame_rate = self._live.frame_rate
        self.is_live = not self._live.length
        times = [index / self.frame_rate for index in range(self._live.length)]
        self.total = sum(self._selection.choices(times))

    def close(self) -> None:
        """Release the camera or connection."""
        self._live.close()

    def frames(self) -> Iterator[Frame]:
        """See `Stream.frames`."""
        for frame in self._live.frames(self._selection, self._stopped):
            yield Frame(frame.number, frame.seconds, frame.image)
