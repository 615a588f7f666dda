"""CompressedImage messages."""

from __future__ import annotations

import contextlib
import ctypes
import sys
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from fairmot_ros.pixels.headers import declared_size
from fairmot_ros.pixels.jpeg import completed, is_cut_off
from fairmot_ros.pixels.limits import (
    MAX_IMAGE_PIXELS,
    BgrImage,
    ImageError,
    Warn,
    check_size,
    ignore,
    upper_eight_bits,
)
from fairmot_ros.pixels.raw import DEPTH_ENCODINGS, depth_error

# The orientation in EXIF data is ignored: boxes and calibration are of the stored pixels.
FLAGS = cv2.IMREAD_COLOR | cv2.IMREAD_ANYDEPTH | cv2.IMREAD_IGNORE_ORIENTATION
#: Pixels from which on what a decoder has used is given back to the system.
LARGE = 2**24
JPEG = b'\xff\xd8\xff'


def compressed_to_bgr(
    message: Any, max_pixels: int = MAX_IMAGE_PIXELS, warn: Warn = ignore
) -> BgrImage:
    """Return the pixels of a sensor_msgs/CompressedImage, uint8 [H, W, 3].

    Args:
        message: in a format of `declared_size`.
        max_pixels: largest width x height; the header is checked before anything is decoded.
        warn: called with a sentence if the image is probably not as intended.

    Raises:
        ImageError: if the message is empty, of a depth image, too large, cut off or cannot be
            decoded.
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
            f'the compressed image ({message.format!r}) cannot be decoded: its header is none of '
            'JPEG, PNG, PNM, BMP, TIFF, WebP or JPEG 2000'
        )
    check_size(*size, max_pixels)
    try:
        pixels = _decode_jpeg(data) if data.startswith(JPEG) else _decode(data)
    finally:
        if size[0] * size[1] >= LARGE:
            _release_freed_memory()
    if pixels is None:
        raise ImageError(f'the compressed image ({message.format!r}) cannot be decoded')
    if pixels.dtype == np.uint16:
        return upper_eight_bits(pixels, warn)
    if pixels.dtype != np.uint8:
        raise ImageError(
            f'the compressed image ({message.format!r}) has pixels of {pixels.dtype}; expected '
            '8 or 16 bits'
        )
    return pixels


def _decode_jpeg(data: bytes) -> NDArray | None:
    whole = completed(data)
    pixels = None if whole is None else _decode(whole)
    if whole is None or (pixels is not None and is_cut_off(whole, pixels, _decode)):
        raise ImageError('the JPEG image is cut off: a part of its data is missing')
    return pixels


def _release_freed_memory() -> None:
    """Let glibc return freed memory to the system; some decoders take a lot in small pieces."""
    if sys.platform == 'linux':
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)


def _decode(data: bytes) -> NDArray | None:
    try:
        return cv2.imdecode(np.frombuffer(data, np.uint8), FLAGS)
    except cv2.error:
        return None
