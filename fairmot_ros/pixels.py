"""The pixels of image messages as BGR arrays, whoever has read the message; no ROS needed."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

BgrImage = NDArray[np.uint8]

# encoding: numbers per pixel, and OpenCV's conversion to BGR, None where it is BGR already.
EIGHT_BITS: dict[str, tuple[int, int | None]] = {
    'bgr8': (3, None),
    '8UC3': (3, None),
    'rgb8': (3, cv2.COLOR_RGB2BGR),
    'bgra8': (4, cv2.COLOR_BGRA2BGR),
    '8UC4': (4, cv2.COLOR_BGRA2BGR),
    'rgba8': (4, cv2.COLOR_RGBA2BGR),
    'mono8': (1, cv2.COLOR_GRAY2BGR),
    '8UC1': (1, cv2.COLOR_GRAY2BGR),
    # OpenCV names a Bayer pattern by the second and third pixel of the second row.
    'bayer_rggb8': (1, cv2.COLOR_BayerBG2BGR),
    'bayer_bggr8': (1, cv2.COLOR_BayerRG2BGR),
    'bayer_gbrg8': (1, cv2.COLOR_BayerGR2BGR),
    'bayer_grbg8': (1, cv2.COLOR_BayerGB2BGR),
    'yuv422': (2, cv2.COLOR_YUV2BGR_UYVY),
    'uyvy': (2, cv2.COLOR_YUV2BGR_UYVY),
    'yuv422_yuy2': (2, cv2.COLOR_YUV2BGR_YUY2),
    'yuyv': (2, cv2.COLOR_YUV2BGR_YUY2),
}
# The same with 16 bits, of which the upper eight are used.
SIXTEEN_BITS = {
    name.removesuffix('8') + '16': entry
    for name, entry in EIGHT_BITS.items()
    if name.endswith('8')
}
ENCODINGS = EIGHT_BITS | SIXTEEN_BITS


class ImageError(ValueError):
    """An image message that cannot be used; the message says why."""


def raw_to_bgr(message: Any) -> BgrImage:
    """Return the picture of a sensor_msgs/Image in one of `ENCODINGS`, uint8 [H, W, 3].

    For bgr8 it is a view of the message's data.

    Raises:
        ImageError: if the message is empty or damaged.
    """
    channels, conversion = ENCODINGS[message.encoding]
    if message.encoding in SIXTEEN_BITS:
        picture = (view(message, np.uint16, channels) >> 8).astype(np.uint8)
    else:
        picture = view(message, np.uint8, channels)
    if conversion is None:
        return picture
    try:
        return cv2.cvtColor(np.ascontiguousarray(picture), conversion)
    except cv2.error as error:  # YUV and Bayer patterns do not fit every size
        raise ImageError(
            f'{message.width} x {message.height} pixels of {message.encoding!r} cannot be '
            f'converted: {error.err}'
        ) from error


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


def view(message: Any, number: type, channels: int) -> NDArray:
    """Return the pixels [H, W, channels] without a copy, whatever padding and byte order.

    Raises:
        ImageError: if the message holds fewer bytes than its size asks for, or no pixel.
    """
    if message.width == 0 or message.height == 0:
        raise ImageError(f'the image is empty: {message.width} x {message.height} pixels')
    dtype = np.dtype(number).newbyteorder('>' if message.is_bigendian else '<')
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
        (message.height, message.width, channels),
        dtype,
        memoryview(message.data).toreadonly(),
        strides=(step, channels * dtype.itemsize, dtype.itemsize),
    )
