"""Between image messages and BGR arrays, without a copy wherever the encoding allows."""

from __future__ import annotations

from array import array

import numpy as np
from numpy.typing import NDArray
from sensor_msgs.msg import CompressedImage, Image
from std_msgs.msg import Header

from fairmot_ros.pixels import (
    ENCODINGS,
    BgrImage,
    ImageError,
    compressed_to_bgr,
    raw_to_bgr,
    view,
)

__all__ = ['ENCODINGS', 'BgrImage', 'ImageError', 'from_bgr', 'to_bgr', 'to_depth']

# encoding of a depth image: its numbers, and how many metres one is.
DEPTH_ENCODINGS = {'16UC1': (np.uint16, 0.001), '32FC1': (np.float32, 1.0)}


def to_bgr(message: Image | CompressedImage) -> BgrImage:
    """Return the picture as uint8 [H, W, 3]; for bgr8 it is a view of the message's data.

    Raises:
        ImageError: if the message is empty or damaged or has an unknown encoding.
    """
    if isinstance(message, CompressedImage):
        return compressed_to_bgr(message)
    if message.width == 0 or message.height == 0:
        raise ImageError(f'the image is empty: {message.width} x {message.height} pixels')
    if message.encoding in ENCODINGS:
        return raw_to_bgr(message)
    if message.encoding in DEPTH_ENCODINGS:
        raise ImageError(
            f'the encoding {message.encoding!r} is that of a depth image; people are found in '
            "the camera's colour or grey image"
        )
    return _by_cv_bridge(message)


def to_depth(message: Image) -> NDArray[np.float32]:
    """Return a depth image (REP 118) in metres, float32 [H, W].

    Raises:
        ImageError: if the message is empty or damaged, or has an encoding not of that REP.
    """
    if message.width == 0 or message.height == 0:
        raise ImageError(f'the depth image is empty: {message.width} x {message.height} pixels')
    if message.encoding not in DEPTH_ENCODINGS:
        raise ImageError(
            f'the encoding {message.encoding!r} is not that of a depth image; expected '
            + ' or '.join(DEPTH_ENCODINGS)
        )
    dtype, unit = DEPTH_ENCODINGS[message.encoding]
    depth = view(message, dtype, 1)[..., 0].astype(np.float32)
    return depth * np.float32(unit)


def _by_cv_bridge(message: Image) -> BgrImage:
    """All further encodings, where cv_bridge is installed."""
    try:
        from cv_bridge import CvBridge, CvBridgeError
    except ImportError:
        raise ImageError(
            f'the encoding {message.encoding!r} needs cv_bridge, which is not installed; '
            f'without it, {", ".join(ENCODINGS)} can be used'
        ) from None
    try:
        return CvBridge().imgmsg_to_cv2(message, 'bgr8')
    except (CvBridgeError, ValueError) as error:
        raise ImageError(f'cannot convert {message.encoding!r} to bgr8: {error}') from error


def from_bgr(picture: BgrImage, header: Header) -> Image:
    """Return a bgr8 message."""
    height, width = picture.shape[:2]
    # An array of bytes is the one type that rclpy takes over without checking each element.
    data = array('B')
    data.frombytes(np.ascontiguousarray(picture).data.cast('B'))
    return Image(
        header=header,
        height=height,
        width=width,
        encoding='bgr8',
        is_bigendian=0,
        step=3 * width,
        data=data,
    )
