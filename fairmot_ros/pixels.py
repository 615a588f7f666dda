"""The pixels of image messages as BGR arrays, whoever has read the message; no ROS needed."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

BgrImage = NDArray[np.uint8]

# encoding: channels, and the conversion to BGR or None where it is BGR already.
ENCODINGS: dict[str, tuple[int, int | None]] = {
    'bgr8': (3, None),
    '8UC3': (3, None),
    'rgb8': (3, cv2.COLOR_RGB2BGR),
    'bgra8': (4, cv2.COLOR_BGRA2BGR),
    '8UC4': (4, cv2.COLOR_BGRA2BGR),
    'rgba8': (4, cv2.COLOR_RGBA2BGR),
    'mono8': (1, cv2.COLOR_GRAY2BGR),
    '8UC1': (1, cv2.COLOR_GRAY2BGR),
}


class ImageError(ValueError):
    """An image message that cannot be used; the message says why."""


def raw_to_bgr(message: Any) -> BgrImage:
    """Return the picture of a sensor_msgs/Image in one of `ENCODINGS`, uint8 [H, W, 3].

    For bgr8 it is a view of the message's data.

    Raises:
        ImageError: if the message is empty or damaged.
    """
    channels, conversion = ENCODINGS[message.encoding]
    picture = view(message, np.dtype(np.uint8), channels)
    if conversion is None:
        return picture
    return cv2.cvtColor(np.ascontiguousarray(picture), conversion)


def compressed_to_bgr(message: Any) -> BgrImage:
    """Return the picture of a sensor_msgs/CompressedImage, uint8 [H, W, 3].

    Raises:
        ImageError: if the message is empty or cannot be decoded.
    """
    if len(message.data) == 0:
        raise ImageError('the compressed image is empty')
    picture = cv2.imdecode(np.frombuffer(message.data, np.uint8), cv2.IMREAD_COLOR)
    if picture is None:
        raise ImageError(f'the compressed image ({message.format!r}) cannot be decoded')
    return picture


def view(message: Any, dtype: np.dtype, channels: int) -> NDArray:
    """Return the pixels [H, W, channels] without a copy, whatever the padding of the rows.

    Raises:
        ImageError: if the message holds fewer bytes than its size asks for, or no pixel.
    """
    if message.width == 0 or message.height == 0:
        raise ImageError(f'the image is empty: {message.width} x {message.height} pixels')
    row = message.width * channels * dtype.itemsize
    step = message.step or row
    if step < row:
        raise ImageError(
            f'step {step} is too small for {message.width} pixels of {message.encoding}, '
            f'which take {row} bytes'
        )
    needed = step * (message.height - 1) + row
    if len(message.data) < needed:
        raise ImageError(
            f'the image data is cut off: {len(message.data)} bytes instead of {needed} for '
            f'{message.width} x {message.height} {message.encoding}'
        )
    return np.ndarray(
        (message.height, message.width, channels), dtype, memoryview(message.data).toreadonly(),
        strides=(step, channels * dtype.itemsize, dtype.itemsize),
    )
