"""Image messages: uncompressed pixels."""

from __future__ import annotations

import sys
from difflib import get_close_matches
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from fairmot_ros.pixels.limits import (
    MAX_IMAGE_PIXELS,
    BgrImage,
    ImageError,
    Warn,
    check_size,
    ignore,
    upper_eight_bits,
)

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
# A plane of brightness, then one of colour: pixels per colour along both sides, and OpenCV's
# conversion to BGR.
PLANAR: dict[str, tuple[int, int]] = {
    'nv12': (2, cv2.COLOR_YUV2BGR_NV12),
    'nv21': (2, cv2.COLOR_YUV2BGR_NV21),
    'nv24': (1, cv2.COLOR_YUV2BGR_UYVY),
}
ENCODINGS = (*EIGHT_BITS, *SIXTEEN_BITS, *PLANAR)
DEPTH_ENCODINGS = ('16UC1', '32FC1')


def raw_to_bgr(message: Any, max_pixels: int = MAX_IMAGE_PIXELS, warn: Warn = ignore) -> BgrImage:
    """Return the pixels of a sensor_msgs/Image in one of `ENCODINGS`, uint8 [H, W, 3].

    For bgr8 it is a view of the message's data.

    Args:
        message: the image.
        max_pixels: largest width x height.
        warn: called with a sentence if the image is probably not as intended.

    Raises:
        ImageError: if the message is empty, damaged or too large, or has another encoding.
    """
    encoding = message.encoding
    check_size(message.width, message.height, max_pixels)
    if encoding in DEPTH_ENCODINGS:
        raise depth_error(encoding)
    if encoding in PLANAR:
        return _planar_to_bgr(message)
    if encoding in SIXTEEN_BITS:
        channels, conversion = SIXTEEN_BITS[encoding]
        pixels: BgrImage = upper_eight_bits(view(message, np.uint16, channels), warn)
    elif encoding in EIGHT_BITS:
        channels, conversion = EIGHT_BITS[encoding]
        pixels = view(message, np.uint8, channels)
    else:
        raise unknown_encoding(encoding)
    return pixels if conversion is None else _converted(pixels, conversion, message)


def depth_error(encoding: str) -> ImageError:
    """Return the error for a depth image where a colour or grey one is expected."""
    return ImageError(
        f'the encoding {encoding!r} is that of a depth image; people are found in the '
        "camera's colour or grey image"
    )


def unknown_encoding(encoding: str) -> ImageError:
    """Return the error for an encoding that is not known, with the nearest one.

    >>> str(unknown_encoding('RGB8'))
    "the encoding 'RGB8' is unknown: did you mean 'rgb8'? docs/ros.md lists the known ones"
    """
    by_lower = {name.lower(): name for name in ENCODINGS}
    nearest = get_close_matches(encoding.strip().lower(), by_lower, 1)
    if not encoding.strip():
        text = 'the encoding is empty: the publisher must set it, to bgr8 for example'
    elif nearest:
        text = f'the encoding {encoding[:40]!r} is unknown: did you mean {by_lower[nearest[0]]!r}'
    else:
        text = f'the encoding {encoding[:40]!r} is unknown'
    return ImageError(f'{text}{"?" if nearest else ";"} docs/ros.md lists the known ones')


def _converted(pixels: NDArray, conversion: int, message: Any) -> BgrImage:
    try:
        return cv2.cvtColor(np.ascontiguousarray(pixels), conversion)
    except cv2.error as error:  # YUV and Bayer patterns do not fit every size
        raise ImageError(
            f'{message.width} x {message.height} pixels of {message.encoding!r} cannot be '
            f'converted: {error.err}'
        ) from error


def _planar_to_bgr(message: Any) -> BgrImage:
    """Convert an image of two planes, of which `step` counts the bytes of a brightness row."""
    share, conversion = PLANAR[message.encoding]
    width, height = message.width, message.height
    if width % share or height % share:
        raise ImageError(
            f'{width} x {height} pixels of {message.encoding!r} cannot be converted: both sides '
            'must be even'
        )
    colour_rows = height // 2 if share == 2 else 2 * height
    size = width * (height + colour_rows)
    data = np.frombuffer(message.data, np.uint8)
    step = message.step or width
    if len(data) == size:  # without padding, whatever the step says: some count both planes in it
        step = width
    if step < width or len(data) < step * (height + colour_rows) - (step - width):
        raise ImageError(
            f'the image data is cut off: {len(data)} bytes at step {step} instead of {size} for '
            f'{width} x {height} {message.encoding}'
        )
    as_strided = np.lib.stride_tricks.as_strided
    brightness = as_strided(data, (height, width), (step, 1), writeable=False)
    colour = as_strided(
        data[height * step :],
        (height // share, width // share, 2),
        (step * 2 // share, 2, 1),
        writeable=False,
    )
    if share == 2:
        return cv2.cvtColorTwoPlane(
            np.ascontiguousarray(brightness), np.ascontiguousarray(colour), conversion
        )
    # OpenCV has no conversion of full colour: that of half the colour, with each pixel doubled.
    pixels = np.empty((height, width, 4), np.uint8)
    pixels[..., 0::2] = colour
    pixels[..., 1::2] = brightness[..., None]
    doubled = _converted(pixels.reshape(height, 2 * width, 2), conversion, message)
    return np.ascontiguousarray(doubled[:, ::2])


def view(message: Any, number: type, channels: int) -> NDArray:
    """Return the pixels [H, W, channels] without a copy, whatever padding and byte order.

    Raises:
        ImageError: if the message holds fewer bytes than its size asks for, or no pixel.
    """
    check_size(message.width, message.height, sys.maxsize)
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
