# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The size is read from the header of every supported format."""

from __future__ import annotations

import struct
import time
import zlib

import cv2
import numpy as np
import pytest

from fairmot_ros.pixels.headers import declared_size

FORMATS = ['.jpg', '.png', '.ppm', '.bmp', '.webp', '.tiff', '.jp2']


def encode(extension: str, image: np.ndarray, *options: int) -> bytes:
    try:
        done, data = cv2.imencode(extension, image, options)
    except cv2.error:
        done = False
    if not done:
        pytest.skip(f'this OpenCV does not write {extension}')
    return data.tobytes()


@pytest.mark.parametrize('extension', FORMATS)
def test_declared_size_is_the_image_size(extension: str) -> None:
    image = np.random.default_rng(0).integers(0, 256, (40, 56, 3), dtype=np.uint8)
    data = encode(extension, image)
    assert declared_size(data) == (56, 40)
    assert all(declared_size(data[:size]) in (None, (56, 40)) for size in range(1, 60))


@pytest.mark.parametrize(
    'options', [(), (cv2.IMWRITE_WEBP_QUALITY, 101)], ids=['lossy', 'lossless']
)
def test_declared_size_of_lossy_and_lossless_webp(options: tuple[int, ...]) -> None:
    image = np.zeros((300, 20000 // 16, 3), np.uint8)
    assert declared_size(encode('.webp', image, *options)) == (1250, 300)


def png_of(width: int, height: int) -> bytes:
    """Return a PNG file with a header of the given size and no pixels."""
    header = struct.pack('>IIBBBBB', width, height, 8, 2, 0, 0, 0)
    chunk = b'IHDR' + header
    return (
        b'\x89PNG\r\n\x1a\n'
        + struct.pack('>I', len(header))
        + chunk
        + struct.pack('>I', zlib.crc32(chunk))
    )


@pytest.mark.parametrize(
    ('data', 'size'),
    [
        (png_of(50_000, 40_000), (50_000, 40_000)),
        (b'P6\n# by a camera\n50000 40000\n255\n', (50_000, 40_000)),
        (b'P4 7 9\n', (7, 9)),
        (b'P7\nWIDTH 227\nHEIGHT 149\nDEPTH 3\nMAXVAL 255\nTUPLTYPE RGB\nENDHDR\n', (227, 149)),
        (b'BM' + bytes(12) + struct.pack('<Iii', 40, 640, -480), (640, 480)),
        (b'RIFF    WEBPVP8X' + bytes(8) + b'\xff\xff\x00\x0f\x27\x00', (65536, 10000)),
        (b'MM\0*\0\0\0\x08\0\x02\x01\0\0\x03\0\0\0\x01\0\x50\0\0\x01\x01\0\x04\0\0\0\x01\0\0\0\x30',
         (80, 48)),
        (b'', None),
        (b'P6 x', None),
        (b'\xff\xd8\xff', None),
        (b'GIF89a\x10\0\x10\0', None),
    ],
)  # fmt: skip
def test_declared_size_of_handmade_headers(data: bytes, size: tuple[int, int] | None) -> None:
    assert declared_size(data) == size


@pytest.mark.parametrize(
    'data',
    [
        b'\xff\xd8' + b'\xff' * 2_000_000,
        b'\xff\xd8' + b'\xff\x00' * 1_000_000,
        b'\xff\xd8\xff' + b'\xff\x01' * 1_000_000,
        b'P6' + b' ' * 2_000_000,
        b'P6' + b'#\n' * 1_000_000 + b'1 x',
        b'P7\n' + b'WIDTH ' * 500_000,
        b'II*\0\x08\0\0\0\xff\xff' + bytes(2_000_000),
    ],
    ids=['fill bytes', 'stuffed', 'markers', 'blanks', 'comments', 'PAM', 'TIFF'],
)
def test_malformed_headers_are_rejected_quickly(data: bytes) -> None:
    started = time.process_time()
    assert declared_size(data) in (None, (0, 0))
    assert time.process_time() - started < 2
