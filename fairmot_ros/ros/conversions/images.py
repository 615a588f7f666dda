# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Conversion between image messages and BGR arrays, without a copy where possible."""

from __future__ import annotations

from array import array

import numpy as np
from numpy.typing import NDArray
from sensor_msgs.msg import CompressedImage, Image
from std_msgs.msg import Header

from fairmot_ros.pixels import (
    DEPTH_ENCODINGS,
    ENCODINGS,
    MAX_IMAGE_PIXELS,
    BgrImage,
    ImageError,
    Warn,
    check_size,
    compressed_to_bgr,
    ignore_warning,
    pixel_view,
    raw_to_bgr,
    unknown_encoding,
)

__all__ = ['ENCODINGS', 'BgrImage', 'ImageError', 'from_bgr', 'to_bgr', 'to_depth']

# encoding of a depth image: type of its values, and metres per unit.
DEPTH_UNITS = {'16UC1': (np.uint16, 0.001), '32FC1': (np.float32, 1.0)}


def to_bgr(
    message: Image | CompressedImage,
    max_pixels: int = MAX_IMAGE_PIXELS,
    warn: Warn = ignore_warning,
) -> BgrImage:
    """Convert an image message to uint8 [H, W, 3], BGR.

    Args:
        message: the image; for the encoding bgr8, the result is a view of its data.
        max_pixels: limit of width x height.
        warn: called with one sentence if the image is probably not what the sender intended.

    Raises:
        ImageError: if the message is empty, damaged, too large or has an unknown encoding.
    """
    if isinstance(message, CompressedImage):
        return compressed_to_bgr(message, max_pixels, warn)
    if message.encoding in (*ENCODINGS, *DEPTH_ENCODINGS):
        return raw_to_bgr(message, max_pixels, warn)
    check_size(message.width, message.height, max_pixels)
    return _by_cv_bridge(message)


def to_depth(message: Image) -> NDArray[np.float32]:
    """Convert a depth image (REP 118) to metres, float32 [H, W].

    Raises:
        ImageError: if the message is empty or damaged, or its encoding is not one of REP 118.
    """
    check_size(message.width, message.height)
    if message.encoding not in DEPTH_UNITS:
        raise ImageError(
            f'{message.encoding[:40]!r} is not the encoding of a depth image; expected '
            + ' or '.join(DEPTH_UNITS)
        )
    dtype, unit = DEPTH_UNITS[message.encoding]
    depth = pixel_view(message, dtype, 1)[..., 0].astype(np.float32)
    return depth * np.float32(unit)


def _by_cv_bridge(message: Image) -> BgrImage:
    """Convert any other encoding with cv_bridge, if it is installed."""
    try:
        from cv_bridge import CvBridge, CvBridgeError
    except ImportError:
        raise unknown_encoding(message.encoding) from None
    try:
        return CvBridge().imgmsg_to_cv2(message, 'bgr8')
    except (CvBridgeError, ValueError, RuntimeError):
        raise unknown_encoding(message.encoding) from None


def from_bgr(image: BgrImage, header: Header) -> Image:
    """Convert uint8 [H, W, 3], BGR, to an Image message with the encoding bgr8."""
    height, width = image.shape[:2]
    # array.array is the only type that rclpy assigns without checking each element.
    data = array('B')
    data.frombytes(np.ascontiguousarray(image).data.cast('B'))
    return Image(
        header=header,
        height=height,
        width=width,
        encoding='bgr8',
        is_bigendian=0,
        step=3 * width,
        data=data,
    )
