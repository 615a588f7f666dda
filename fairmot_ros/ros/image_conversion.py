"""Between image messages and BGR arrays, without a copy wherever the encoding allows."""

from __future__ import annotations

from array import array

import cv2
import numpy as np
from numpy.typing import NDArray
from sensor_msgs.msg import CompressedImage, Image
from std_msgs.msg import Header

BgrImage = NDArray[np.uint8]

# encoding: numbers per pixel, and OpenCV's conversion to BGR, None where it is BGR already.
ENCODINGS: dict[str, tuple[int, int | None]] = {
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
ENCODINGS_16 = {
    name.removesuffix('8') + '16': entry for name, entry in ENCODINGS.items()
    if name.endswith('8')
}

# encoding of a depth image: its numbers, and how many metres one is.
DEPTH_ENCODINGS = {'16UC1': (np.uint16, 0.001), '32FC1': (np.float32, 1.0)}


class ImageError(ValueError):
    """An image message that cannot be used; the message says why."""


def to_bgr(message: Image | CompressedImage) -> BgrImage:
    """Return the picture as uint8 [H, W, 3]; for bgr8 it is a view of the message's data.

    Raises:
        ImageError: if the message is empty or damaged or has an unknown encoding.
    """
    if isinstance(message, CompressedImage):
        return _decompress(message)
    if message.width == 0 or message.height == 0:
        raise ImageError(f'the image is empty: {message.width} x {message.height} pixels')
    if message.encoding in ENCODINGS:
        channels, conversion = ENCODINGS[message.encoding]
        picture = _view(message, np.uint8, channels)
    elif message.encoding in ENCODINGS_16:
        channels, conversion = ENCODINGS_16[message.encoding]
        picture = (_view(message, np.uint16, channels) >> 8).astype(np.uint8)
    elif message.encoding in DEPTH_ENCODINGS:
        raise ImageError(
            f'the encoding {message.encoding!r} is that of a depth image; people are found in '
            "the camera's colour or grey image"
        )
    else:
        return _by_cv_bridge(message)
    if conversion is None:
        return picture
    try:
        return cv2.cvtColor(np.ascontiguousarray(picture), conversion)
    except cv2.error as error:  # YUV and Bayer patterns do not fit every size
        raise ImageError(
            f'{message.width} x {message.height} pixels of {message.encoding!r} cannot be '
            f'converted: {error.err}'
        ) from error


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
    depth = _view(message, dtype, 1)[..., 0].astype(np.float32)
    return depth * np.float32(unit)


def _view(message: Image, number: type, channels: int) -> NDArray:
    """Return the pixels [H, W, channels] without a copy, whatever padding and byte order."""
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
        (message.height, message.width, channels), dtype, memoryview(message.data).toreadonly(),
        strides=(step, channels * dtype.itemsize, dtype.itemsize),
    )


def _decompress(message: CompressedImage) -> BgrImage:
    if len(message.data) == 0:
        raise ImageError('the compressed image is empty')
    picture = cv2.imdecode(np.frombuffer(message.data, np.uint8), cv2.IMREAD_COLOR)
    if picture is None:
        raise ImageError(f'the compressed image ({message.format!r}) cannot be decoded')
    return picture


def _by_cv_bridge(message: Image) -> BgrImage:
    """All further encodings, where cv_bridge is installed."""
    try:
        from cv_bridge import CvBridge, CvBridgeError
    except ImportError:
        raise ImageError(
            f'the encoding {message.encoding!r} needs cv_bridge, which is not installed; '
            f'without it, {", ".join((*ENCODINGS, *ENCODINGS_16))} can be used'
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
        header=header, height=height, width=width, encoding='bgr8', is_bigendian=0,
        step=3 * width, data=data,
    )
