"""What both kinds of images have in common: the array, the error and the limits."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.file_errors import FileError

BgrImage = NDArray[np.uint8]
#: Called with a sentence about an image that can be used but is probably not as intended.
Warn = Callable[[str], None]

#: Largest width x height by default: 300 MB as a BGR array.
MAX_IMAGE_PIXELS = 100_000_000
#: 16-bit values that all lie below it are those of a camera with 12 bits or less.
TWELVE_BITS = 4096


class ImageError(FileError):
    """An image message that cannot be used; the message says why."""


def ignore(_: str) -> None:
    """Drop a warning."""


def check_size(width: int, height: int, max_pixels: int = MAX_IMAGE_PIXELS) -> None:
    """Raise ImageError if an image has no pixel or more than `max_pixels`."""
    if width == 0 or height == 0:
        raise ImageError(f'the image is empty: {width} x {height} pixels')
    if width * height > max_pixels:
        raise ImageError(
            f'the image has {width} x {height} pixels, more than the limit of {max_pixels:,}; '
            'nodes have the parameter max_image_pixels for it'
        )


def upper_eight_bits(pixels: NDArray[np.uint16], warn: Warn = ignore) -> BgrImage:
    """Return 16-bit values as 8-bit ones; warn where only the lower bits are used."""
    if 0 < pixels.max(initial=0) < TWELVE_BITS:
        warn(
            f'the 16-bit images are nearly black: all values are below {TWELVE_BITS} of 65536, as '
            'those of a camera with 12 bits or less are; scale the values to 16 bits, or publish '
            '8 bits'
        )
    return (pixels >> 8).astype(np.uint8)
