# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Conversion of Image messages: uncompressed pixels."""

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
    ignore_warning,
    upper_eight_bits,
)

# encoding: channels, and OpenCV's conversion code to BGR (None: already BGR).
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
# The same with 16 bits per channel, of which the upper eight are used.
SIXTEEN_BITS = {
    name.removesuffix('8') + '16': entry
    for name, entry in EIGHT_BITS.items()
    if name.endswith('8')
}
# Luma plane, then interleaved chroma plane. encoding: chroma subsampling factor along both sides,
# and OpenCV's conversion code to BGR.
PLANAR: dict[str, tuple[int, int]] = {
    'nv12': (2, cv2.COLOR_YUV2BGR_NV12),
    'nv21': (2, cv2.COLOR_YUV2BGR_NV21),
    'nv24': (1, cv2.COLOR_YUV2BGR_UYVY),
}
ENCODINGS = (*EIGHT_BITS, *SIXTEEN_BITS, *PLANAR)
DEPTH_ENCODINGS = ('16UC1', '32FC1')


def raw_to_bgr(
    message: Any, max_pixels: int = MAX_IMAGE_PIXELS, warn: Warn = ignore_warning
) -> BgrImage:
    """Convert a sensor_msgs/Image to uint8 [H, W, 3], BGR.

    Args:
        message: the image, in one of `ENCODINGS`; for bgr8, the result is a view of its data.
        max_pixels: limit of width x height.
        warn: called with one sentence if the image is probably not what the sender intended.

    Raises:
        ImageError: if the message is empty, truncated or too large, or its encoding is unknown.
    """
    encoding = message.encoding
    check_size(message.width, message.height, max_pixels)
    if encoding in DEPTH_ENCODINGS:
        raise depth_error(encoding)
    if encoding in PLANAR:
        return _planar_to_bgr(message)
    if encoding in SIXTEEN_BITS:
        channels, conversion = SIXTEEN_BITS[encoding]
        pixels: BgrImage = upper_eight_bits(pixel_view(message, np.uint16, channels), warn)
    elif encoding in EIGHT_BITS:
        channels, conversion = EIGHT_BITS[encoding]
        pixels = pixel_view(message, np.uint8, channels)
    else:
        raise unknown_encoding(encoding)
    return pixels if conversion is None else _converted(pixels, conversion, message)


def depth_error(encoding: str) -> ImageError:
    """Return the error for a depth image in place of a colour or grey one."""
    return ImageError(
        f'{encoding!r} is the encoding of a depth image; expected a colour or grey image'
    )


def unknown_encoding(encoding: str) -> ImageError:
    """Return the error for an unknown encoding, with the most similar known one.

    >>> str(unknown_encoding('RGB8'))
    "the encoding 'RGB8' is unknown: did you mean 'rgb8'? docs/ros.md lists the known encodings"
    """
    by_lower = {name.lower(): name for name in ENCODINGS}
    nearest = get_close_matches(encoding.strip().lower(), by_lower, 1)
    if not encoding.strip():
        text = 'the encoding is empty: the publisher must set it, e.g. to bgr8'
    elif nearest:
        text = f'the encoding {encoding[:40]!r} is unknown: did you mean {by_lower[nearest[0]]!r}'
    else:
        text = f'the encoding {encoding[:40]!r} is unknown'
    return ImageError(f'{text}{"?" if nearest else ";"} docs/ros.md lists the known encodings')


def _converted(pixels: NDArray, conversion: int, message: Any) -> BgrImage:
    try:
        return cv2.cvtColor(np.ascontiguousarray(pixels), conversion)
    except cv2.error as error:  # YUV and Bayer encodings need even sizes
        raise ImageError(
            f'{message.width} x {message.height} pixels of {message.encoding!r} cannot be '
            f'converted: {error.err}'
        ) from error


def _planar_to_bgr(message: Any) -> BgrImage:
    """Convert an image with a luma and a chroma plane; `step` is the length of a luma row."""
    subsampling, conversion = PLANAR[message.encoding]
    width, height = message.width, message.height
    if width % subsampling or height % subsampling:
        raise ImageError(
            f'{width} x {height} pixels of {message.encoding!r} cannot be converted: both sides '
            'must be even'
        )
    chroma_rows = height // 2 if subsampling == 2 else 2 * height
    size = width * (height + chroma_rows)
    data = np.frombuffer(message.data, np.uint8)
    step = message.step or width
    if len(data) == size:  # no padding, whatever `step` is: some drivers count both planes in it
        step = width
    if step < width or len(data) < step * (height + chroma_rows) - (step - width):
        raise ImageError(
            f'the image data is truncated: {len(data)} bytes at step {step}; expected {size} for '
            f'{width} x {height} {message.encoding}'
        )
    as_strided = np.lib.stride_tricks.as_strided
    luma = as_strided(data, (height, width), (step, 1), writeable=False)
    chroma = as_strided(
        data[height * step :],
        (height // subsampling, width // subsampling, 2),
        (step * 2 // subsampling, 2, 1),
        writeable=False,
    )
    if subsampling == 2:
        return cv2.cvtColorTwoPlane(
            np.ascontiguousarray(luma), np.ascontiguousarray(chroma), conversion
        )
    # OpenCV cannot convert 4:4:4 images: double each pixel and convert as 4:2:2.
    pixels = np.empty((height, width, 4), np.uint8)
    pixels[..., 0::2] = chroma
    pixels[..., 1::2] = luma[..., None]
    doubled = _converted(pixels.reshape(height, 2 * width, 2), conversion, message)
    return np.ascontiguousarray(doubled[:, ::2])


def pixel_view(message: Any, value_type: type, channels: int) -> NDArray:
    """Return a read-only view [H, W, channels] of the pixels, for any row padding and byte order.

    Args:
        message: a sensor_msgs/Image.
        value_type: type of a value, e.g. np.uint8.
        channels: values per pixel.

    Raises:
        ImageError: if the message is empty or has fewer bytes than its size requires.
    """
    check_size(message.width, message.height, sys.maxsize)
    dtype = np.dtype(value_type).newbyteorder('>' if message.is_bigendian else '<')
    row = message.width * channels * dtype.itemsize
    step = message.step or row
    if step < row:
        raise ImageError(
            f'step {step} is too small for {message.width} pixels of {message.encoding}; '
            f'expected at least {row} bytes'
        )
    needed = step * (message.height - 1) + row
    if len(message.data) < needed:
        raise ImageError(
            f'the image data is truncated: {len(message.data)} bytes; expected {needed} for '
            f'{message.width} x {message.height} {message.encoding}'
        )
    return np.ndarray(
        (message.height, message.width, channels),
        dtype,
        memoryview(message.data).toreadonly(),
        strides=(step, channels * dtype.itemsize, dtype.itemsize),
    )
