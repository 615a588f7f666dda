# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Array type, error and limits shared by raw and compressed images."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.files.errors import FileError

BgrImage = NDArray[np.uint8]
#: Called with one sentence if an image is usable but probably not what the sender intended.
Warn = Callable[[str], None]

#: Default limit of width x height: 300 MB as a BGR array.
MAX_IMAGE_PIXELS = 100_000_000
#: 16-bit images whose values are all below it come from a camera with 12 bits or fewer.
TWELVE_BITS = 4096


class ImageError(FileError):
    """An image message that cannot be used; the text says why."""


def ignore_warning(_: str) -> None:
    """Discard a warning; the default of `warn` arguments."""


def check_size(width: int, height: int, max_pixels: int = MAX_IMAGE_PIXELS) -> None:
    """Raise ImageError if an image is empty or has more than `max_pixels` pixels."""
    if width == 0 or height == 0:
        raise ImageError(f'the image is empty: {width} x {height} pixels')
    if width * height > max_pixels:
        raise ImageError(
            f'the image has {width} x {height} pixels, more than the limit of {max_pixels:,}; '
            'raise the parameter max_image_pixels to accept it'
        )


def upper_eight_bits(pixels: NDArray[np.uint16], warn: Warn = ignore_warning) -> BgrImage:
    """Convert 16-bit to 8-bit values; warn if only the lower bits are used."""
    if 0 < pixels.max(initial=0) < TWELVE_BITS:
        warn(
            f'the 16-bit images are nearly black: all values are below {TWELVE_BITS} of 65536, as '
            'from a camera with at most 12 bits; scale the values to 16 bits, or publish 8-bit '
            'images'
        )
    return (pixels >> 8).astype(np.uint8)
