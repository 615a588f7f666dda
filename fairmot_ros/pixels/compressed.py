# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Conversion of CompressedImage messages."""

from __future__ import annotations

import contextlib
import ctypes
import sys
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from fairmot_ros.pixels.headers import declared_size
from fairmot_ros.pixels.jpeg import is_truncated, with_end_marker
from fairmot_ros.pixels.limits import (
    MAX_IMAGE_PIXELS,
    BgrImage,
    ImageError,
    Warn,
    check_size,
    ignore_warning,
    upper_eight_bits,
)
from fairmot_ros.pixels.png import is_truncated_png
from fairmot_ros.pixels.raw import DEPTH_ENCODINGS, depth_error

# The EXIF orientation is ignored: boxes and calibration refer to the stored pixels.
FLAGS = cv2.IMREAD_COLOR | cv2.IMREAD_ANYDEPTH | cv2.IMREAD_IGNORE_ORIENTATION
#: Number of pixels above which memory freed by the decoder is returned to the system.
LARGE_IMAGE = 2**24
JPEG = b'\xff\xd8\xff'


def compressed_to_bgr(
    message: Any, max_pixels: int = MAX_IMAGE_PIXELS, warn: Warn = ignore_warning
) -> BgrImage:
    """Decode a sensor_msgs/CompressedImage into uint8 [H, W, 3], BGR.

    Args:
        message: the image, in a format that `declared_size` knows.
        max_pixels: limit of width x height; checked in the header, before decoding.
        warn: called with one sentence if the image is probably not what the sender intended.

    Raises:
        ImageError: if the message is empty, a depth image, too large, truncated or cannot be
            decoded.
        MemoryError: if memory does not suffice for the pixels.
    """
    if len(message.data) == 0:
        raise ImageError('the compressed image is empty')
    encoding = message.format.partition(';')[0].strip()
    if encoding in DEPTH_ENCODINGS or 'compressedDepth' in message.format:
        raise depth_error(message.format)
    data = bytes(message.data)
    size = declared_size(data)
    if size is None:
        raise ImageError(
            f'the compressed image ({message.format!r}) cannot be decoded: expected JPEG, PNG, '
            'PNM, BMP, TIFF, WebP or JPEG 2000'
        )
    check_size(*size, max_pixels)
    if is_truncated_png(data):
        raise ImageError('the PNG image is truncated: part of its data is missing')
    try:
        pixels = _decode_jpeg(data) if data.startswith(JPEG) else _decode(data)
    finally:
        if size[0] * size[1] >= LARGE_IMAGE:
            _release_freed_memory()
    if pixels is None:
        np.empty((*size, 3), np.uint8)  # raises MemoryError if that is why; OpenCV does not say
        raise ImageError(f'the compressed image ({message.format!r}) cannot be decoded')
    if pixels.dtype == np.uint16:
        return upper_eight_bits(pixels, warn)
    if pixels.dtype != np.uint8:
        raise ImageError(
            f'the compressed image ({message.format!r}) has pixels of type {pixels.dtype}; '
            'expected 8 or 16 bits'
        )
    return pixels


def _decode_jpeg(data: bytes) -> NDArray | None:
    terminated = with_end_marker(data)
    pixels = None if terminated is None else _decode(terminated)
    if terminated is None or (pixels is not None and is_truncated(terminated, pixels, _decode)):
        raise ImageError('the JPEG image is truncated: part of its data is missing')
    return pixels


def _release_freed_memory() -> None:
    """Make glibc return freed memory, which some decoders allocate in many small blocks."""
    if sys.platform == 'linux':
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)


def _decode(data: bytes) -> NDArray | None:
    try:
        return cv2.imdecode(np.frombuffer(data, np.uint8), FLAGS)
    except cv2.error as error:
        if error.code == cv2.Error.StsNoMem:
            raise MemoryError('the image cannot be decoded') from error
        return None
