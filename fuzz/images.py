# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Image and CompressedImage messages, without ROS."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from fairmot_ros.pixels import (
    DEPTH_ENCODINGS,
    ENCODINGS,
    ImageError,
    compressed_to_bgr,
    raw_to_bgr,
)
from fairmot_ros.pixels.raw import EIGHT_BITS, PLANAR, SIXTEEN_BITS
from fuzz.mutations import TEXTS, damaged
from fuzz.target import Target

SUFFIXES = ('.jpg', '.png', '.bmp', '.webp', '.tiff', '.ppm', '.pgm', '.pam', '.jp2')
#: Bytes per pixel, for planar formats in the first plane.
BYTES = {
    **{name: channels for name, (channels, _) in EIGHT_BITS.items()},
    **{name: 2 * channels for name, (channels, _) in SIXTEEN_BITS.items()},
    **dict.fromkeys(PLANAR, 1),
    '16UC1': 2,
}
UNSIGNED = st.one_of(st.integers(0, 20), st.sampled_from((2**16, 2**31 - 1, 2**31, 2**32 - 1)))


@dataclass(frozen=True)
class RawImage:
    """The fields of sensor_msgs/Image that the conversion reads."""

    width: int
    height: int
    encoding: str
    is_bigendian: int
    step: int
    data: bytes


@dataclass(frozen=True)
class EncodedImage:
    """The fields of sensor_msgs/CompressedImage that the conversion reads."""

    format: str
    data: bytes


@st.composite
def raw_images(draw: DrawFn) -> RawImage:
    """Draw an image whose fields are consistent in most cases."""
    side = st.integers(1, 9)
    width, height = draw(side), draw(side)
    encoding = draw(st.sampled_from((*ENCODINGS, *DEPTH_ENCODINGS)))
    step = width * BYTES.get(encoding, 4) + draw(st.sampled_from((0, 0, 0, 1, 5)))
    size = step * height * (3 if encoding in PLANAR else 1)
    if encoding in PLANAR and encoding != 'nv24':
        size //= 2
    size = max(0, size + draw(st.sampled_from((0, 0, 0, 0, -1, 1, 7))))
    content = draw(st.binary(min_size=4, max_size=4)) * (size // 4 + 1)
    image = RawImage(
        width, height, encoding, draw(st.sampled_from((0, 0, 0, 1, 255))), step, content[:size]
    )
    odd = draw(st.sampled_from((None, None, None, 'width', 'height', 'step', 'encoding')))
    if odd is not None:
        image = replace(image, **{odd: draw(TEXTS if odd == 'encoding' else UNSIGNED)})
    return image


@cache
def encoded(suffix: str, channels: int, depth: str) -> bytes:
    """Return a small image, encoded in a file format."""
    rng = np.random.default_rng(1)
    high = np.iinfo(depth).max
    pixels = rng.integers(0, high, (36, 33, channels), dtype=depth, endpoint=True)
    return cv2.imencode(suffix, pixels)[1].tobytes()


@cache
def files() -> tuple[bytes, ...]:
    """Return valid files of all formats, grey and colour, 8 and 16 bits."""
    found = [encoded(s, 3, 'uint8') for s in SUFFIXES if s != '.pgm']
    found += [encoded(s, 1, 'uint8') for s in ('.jpg', '.png', '.pgm', '.tiff')]
    found += [encoded(s, 3, 'uint16') for s in ('.png', '.tiff', '.ppm')]
    grey = np.full((36, 33, 3), 128, np.uint8)
    progressive = [cv2.IMWRITE_JPEG_PROGRESSIVE, 1]
    return (*found, cv2.imencode('.jpg', grey, progressive)[1].tobytes())


@st.composite
def encoded_images(draw: DrawFn) -> EncodedImage:
    """Draw a compressed image, damaged or valid."""
    content = draw(st.sampled_from(files()))
    return EncodedImage(
        draw(st.one_of(st.sampled_from(('jpeg', 'png', 'bgr8; jpeg compressed bgr8')), TEXTS)),
        draw(st.one_of(damaged(content), st.just(content))),
    )


def check_raw(message: RawImage, _: Path) -> None:
    """Convert an image; its size must not change."""
    pixels = raw_to_bgr(message)
    check_pixels(pixels)
    assert pixels.shape[:2] == (message.height, message.width)
    pixels.sum()  # reads all pixels, so that invalid memory is detected


def check_compressed(message: EncodedImage, _: Path) -> None:
    """Decode an image."""
    check_pixels(compressed_to_bgr(message))


def check_pixels(pixels: Any) -> None:
    """Check type and shape of a BGR image."""
    assert isinstance(pixels, np.ndarray)
    assert pixels.dtype == np.uint8 and pixels.ndim == 3 and pixels.shape[2] == 3
    assert pixels.size


TARGETS = (
    Target('Image', ImageError, raw_images, check_raw),
    Target('CompressedImage', ImageError, encoded_images, check_compressed),
)
