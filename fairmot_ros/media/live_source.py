# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Reader of live images: cameras by number or device, and addresses as OpenCV opens them."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from fairmot_ros.files.errors import reason_of
from fairmot_ros.media.selection import Selection
from fairmot_ros.media.video_source import ALL_FRAMES, FALLBACK_RATE, SourceError
from fairmot_ros.pixels import MAX_IMAGE_PIXELS, ImageError, check_size

#: Seconds to wait for a connection, and for the next image.
PATIENCE = 10.0
#: Frame rates that drivers report; others stand for an unknown rate.
PLAUSIBLE_RATES = (1.0, 1000.0)
_LAST_READ = 1.0  # seconds to wait for the last read of a thread
_SILENT = 0  # OpenCV's log level for no messages
_POLL = 0.1  # seconds between checks whether to stop


class LiveFrame(NamedTuple):
    """An image as it arrived.

    Attributes:
        number: position among the images received, from 1 on; images that were replaced by a newer
            one before they were used leave gaps.
        seconds: time of arrival since the first image.
        image: uint8 [H, W, 3], BGR.
    """

    number: int
    seconds: float
    image: NDArray[np.uint8]


def silence_opencv() -> None:
    """Keep OpenCV and FFmpeg from writing to stderr: errors are reported by exceptions."""
    # FFmpeg's level is read when the first video is opened.
    os.environ.setdefault('OPENCV_FFMPEG_LOGLEVEL', '-8')
    # OpenCV 4 has the function in its own module.
    module = cv2 if hasattr(cv2, 'setLogLevel') else cv2.utils.logging
    module.setLogLevel(_SILENT)


class LiveSource:
    """Images of a camera or a stream.

    A thread reads all images, so that the newest is used next. An address of a recorded video,
    whose length is known, is read image by image instead.

    Attributes:
        source: number of a camera, or device or address.
        frame_rate: frames per second that the source reports, 25 if it reports none.
        length: number of images of a recorded video, 0 if the source is live.
    """

    def __init__(
        self,
        source: int | str,
        frame_rate: float = 0.0,
        max_pixels: int = MAX_IMAGE_PIXELS,
        name: str = '',
    ) -> None:
        """Open the source.

        Args:
            source: number of a camera, or device or address.
            frame_rate: frames per second; 0 asks the source.
            max_pixels: limit of width x height; larger images are an error.
            name: name in messages, for an address with a password.

        Raises:
            SourceError: if it cannot be opened.
        """
        self.source = source
        self.max_pixels = max_pixels
        self._name = name or (f'camera {source}' if isinstance(source, int) else source)
        self._capture = self._open()
        self._is_read = False  # by a thread; a capture must not be released during a read
        rate = self._capture.get(cv2.CAP_PROP_FPS)
        low, high = PLAUSIBLE_RATES
        self.frame_rate = frame_rate or (rate if low <= rate <= high else FALLBACK_RATE)
        count = self._capture.get(cv2.CAP_PROP_FRAME_COUNT)
        is_address = isinstance(source, str) and '://' in source
        self.length = int(count) if is_address and 0 < count < 2**31 else 0

    def _open(self) -> cv2.VideoCapture:
        if isinstance(self.source, int):
            capture = cv2.VideoCapture(self.source)
            advice = 'check that it is connected and that no other program uses it'
        elif '://' in self.source:
            milliseconds = int(PATIENCE * 1000)
            timeouts = [
                cv2.CAP_PROP_OPEN_TIMEOUT_MSEC,
                milliseconds,
                cv2.CAP_PROP_READ_TIMEOUT_MSEC,
                milliseconds,
            ]
            capture = cv2.VideoCapture(self.source, cv2.CAP_FFMPEG, timeouts)
            advice = 'check the address, the network and the password'
        else:
            capture = cv2.VideoCapture(self.source)
            advice = 'check that it is a camera and that no other program uses it'
        if not capture.isOpened():
            raise SourceError(f'{self._name} cannot be opened: {advice}')
        return capture

    def close(self) -> None:
        """Release the source, unless a thread reads it, which does so at its end."""
        if not self._is_read:
            self._capture.release()

    def frames(
        self,
        selection: Selection = ALL_FRAMES,
        stopped: Callable[[], bool] = lambda: False,
    ) -> Iterator[LiveFrame]:
        """Yield images, and release the source at the end; call it once.

        Args:
            selection: frames to yield.
            stopped: asked while waiting for the next image; if it returns true, the images end.

        Raises:
            SourceError: if no image arrives for `PATIENCE` seconds, the connection is lost, or an
                image is too large.
        """
        if self.length:
            return self._recorded(selection)
        return self._newest(selection, stopped)

    def _recorded(self, selection: Selection) -> Iterator[LiveFrame]:
        times = [index / self.frame_rate for index in range(self.length)]
        try:
            for index, is_chosen in enumerate(selection.choices(times)):
                if selection.is_past(times[index]):
                    return
                if not self._capture.grab():
                    # The number of frames that a container declares is often an estimate.
                    if self.length - index > self.frame_rate:
                        raise SourceError(self._ended(index, 'ended'))
                    return
                if is_chosen:
                    read, image = self._capture.retrieve()
                    if not read:
                        return
                    self._check(image)
                    yield LiveFrame(index + 1, times[index], image)
        finally:
            self._capture.release()

    def _newest(self, selection: Selection, stopped: Callable[[], bool]) -> Iterator[LiveFrame]:
        self._is_read = True
        reader = _Reader(self._capture, selection)
        reader.start()
        try:
            while not stopped():
                frame = reader.take(_POLL)
                if frame is not None:
                    self._check(frame.image)
                    yield frame
                    continue
                if reader.is_past_selection:
                    return
                if not reader.is_alive():
                    raise SourceError(self._ended(reader.received, 'ended'))
                if reader.silence > PATIENCE:
                    raise SourceError(
                        self._ended(reader.received, f'sends none for {PATIENCE:g} s')
                    )
        finally:
            reader.finish()

    def _ended(self, received: int, what: str) -> str:
        """Return the sentence for a source that stopped."""
        return (
            f'{self._name} {what} after {received} images: check that it is still connected'
            if received
            else f'{self._name} sends no images: check that nothing else uses it'
        )

    def _check(self, image: NDArray[np.uint8]) -> None:
        height, width = image.shape[:2]
        try:
            check_size(width, height, self.max_pixels)
        except ImageError as error:
            raise SourceError(f'{self._name} cannot be used: {reason_of(error)}') from error


class _Reader(threading.Thread):
    """Reads a capture and keeps the newest selected image; releases the capture at its end."""

    def __init__(self, capture: cv2.VideoCapture, selection: Selection) -> None:
        super().__init__(daemon=True)  # a read can block until the timeout of the driver
        self.received = 0
        self.is_past_selection = False
        self._capture = capture
        self._selection = selection
        self._condition = threading.Condition()
        self._frame: LiveFrame | None = None
        self._finished = False
        self._last = time.monotonic()

    @property
    def silence(self) -> float:
        """Seconds since the last image."""
        return time.monotonic() - self._last

    def take(self, timeout: float) -> LiveFrame | None:
        """Wait for the newest image and return it; None if none arrived."""
        with self._condition:
            if self._frame is None and self.is_alive():
                self._condition.wait(timeout)
            frame, self._frame = self._frame, None
            return frame

    def finish(self) -> None:
        """Let the thread end after its current read."""
        self._finished = True
        self.join(_LAST_READ)

    def run(self) -> None:
        """Read until the source or the selection ends."""
        try:
            for is_chosen in self._selection.choices(self._times()):
                if is_chosen:
                    read, image = self._capture.retrieve()
                    if not read:
                        return
                    with self._condition:
                        self._frame = LiveFrame(self.received, self._seconds, image)
                        self._condition.notify()
        finally:
            self._capture.release()
            with self._condition:
                self._condition.notify()

    def _times(self) -> Iterator[float]:
        """Grab images, and yield their time of arrival in seconds from the first one."""
        first: float | None = None
        while not self._finished and self._capture.grab():
            self._last = time.monotonic()
            first = self._last if first is None else first
            self._seconds = self._last - first
            if self._selection.is_past(self._seconds):
                self.is_past_selection = True
                return
            self.received += 1
            yield self._seconds
