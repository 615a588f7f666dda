# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Compressed images with EXIF orientation, of huge size, with depth, truncated or dark."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from test_headers import encode, png_of

from fairmot_ros.pixels import ImageError, compressed_to_bgr

RNG = np.random.default_rng(0)


def message(data: bytes, format: str = 'jpeg') -> SimpleNamespace:
    return SimpleNamespace(data=data, format=format)


@pytest.fixture(scope='module')
def image() -> np.ndarray:
    noise = RNG.integers(0, 256, (240, 320, 3), dtype=np.uint8)
    return cv2.GaussianBlur(noise, (0, 0), 2)


def with_orientation(jpeg: bytes, value: int) -> bytes:
    """Return a JPEG file with EXIF data of one tag, the orientation."""
    exif = b'Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0' + bytes([value]) + bytes(6)
    return jpeg[:2] + b'\xff\xe1' + (len(exif) + 2).to_bytes(2, 'big') + exif + jpeg[2:]


@pytest.mark.parametrize('orientation', range(1, 9))
def test_exif_orientation_is_ignored(image: np.ndarray, orientation: int) -> None:
    jpeg = encode('.jpg', image)
    rotated = with_orientation(jpeg, orientation)
    if orientation == 6:  # OpenCV rotates by default
        assert cv2.imdecode(np.frombuffer(rotated, np.uint8), 1).shape == (320, 240, 3)
    assert np.array_equal(compressed_to_bgr(message(rotated)), compressed_to_bgr(message(jpeg)))


@pytest.mark.parametrize('data', [png_of(50_000, 50_000), b'P6 50000 50000 255 ' + bytes(99)])
def test_huge_declared_size_is_rejected_before_decoding(data: bytes) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(ImageError, match='has 50000 x 50000 pixels, more than the limit of 100,0'):
        compressed_to_bgr(message(data, 'png'))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000  # kB


DECODE_AND_MEASURE = """
import sys
from types import SimpleNamespace
from fairmot_ros.pixels import compressed_to_bgr

def resident():
    return int(open('/proc/self/statm').read().split()[1]) * 4096

small, large = (
    SimpleNamespace(data=open(path, 'rb').read(), format='x') for path in sys.argv[1:]
)
compressed_to_bgr(small)
before = resident()
assert compressed_to_bgr(large).nbytes == 3 * 4100 * 4100
print(resident() - before)
"""


@pytest.mark.skipif(not sys.platform.startswith('linux'), reason='reads /proc')
@pytest.mark.parametrize('extension', ['.png', '.jpg', '.jp2'])
def test_memory_of_large_images_is_released(tmp_path: Path, extension: str) -> None:
    paths = []
    for side in (64, 4100):
        paths.append(tmp_path / f'{side}{extension}')
        paths[-1].write_bytes(encode(extension, np.zeros((side, side, 3), np.uint8)))
    done = subprocess.run(
        [sys.executable, '-c', DECODE_AND_MEASURE, *map(str, paths)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(done.stdout) < 20_000_000


@pytest.mark.parametrize('extension', ['.jpg', '.png', '.ppm', '.bmp', '.webp', '.tiff', '.jp2'])
def test_size_limit_applies_to_every_format(image: np.ndarray, extension: str) -> None:
    data = message(encode(extension, image), extension)
    assert compressed_to_bgr(data, 320 * 240).shape == image.shape
    with pytest.raises(ImageError, match='more than the limit of 76,799; raise the parameter'):
        compressed_to_bgr(data, 320 * 240 - 1)


@pytest.mark.parametrize(
    'format',
    [
        '16UC1; png compressed',
        '16UC1; png compressed ',
        '32FC1; png compressed',
        '16UC1; compressedDepth',
        '32FC1; compressedDepth png',
        'compressedDepth rvl',
    ],
)
def test_depth_images_are_rejected(format: str) -> None:
    data = encode('.png', RNG.integers(0, 8000, (24, 32), dtype=np.uint16))
    with pytest.raises(ImageError, match='is the encoding of a depth image'):
        compressed_to_bgr(message(data, format))


@pytest.mark.parametrize('extension', ['.png', '.tiff', '.pgm'])
@pytest.mark.parametrize(('highest', 'warned'), [(4095, True), (65_000, False)])
def test_sixteen_bit_images_with_twelve_bit_values_give_a_warning(
    extension: str, highest: int, warned: bool
) -> None:
    pixels = np.linspace(0, highest, 24 * 32).astype(np.uint16).reshape(24, 32)
    warnings: list[str] = []
    got = compressed_to_bgr(message(encode(extension, pixels), 'mono16; png compressed'),
                            warn=warnings.append)  # fmt: skip
    assert np.array_equal(got[..., 0], pixels >> 8)
    assert [text[:37] for text in warnings] == ['the 16-bit images are nearly black: a'] * warned


def test_floating_point_pixels_are_rejected() -> None:
    data = encode('.tiff', RNG.random((24, 32)).astype(np.float32))
    with pytest.raises(
        ImageError, match=r'has pixels of type float32; expected|cannot be decoded'
    ):
        compressed_to_bgr(message(data, 'tiff'))


BASELINE, PROGRESSIVE, RESTARTS = (), (cv2.IMWRITE_JPEG_PROGRESSIVE, 1), (
    cv2.IMWRITE_JPEG_RST_INTERVAL,
    4,
)  # fmt: skip
KINDS = pytest.mark.parametrize(
    'options', [BASELINE, PROGRESSIVE, RESTARTS], ids=['baseline', 'progressive', 'restarts']
)
END = b'\xff\xd9'


@KINDS
@pytest.mark.parametrize('share', [0.1, 1 / 3, 0.6, 0.85])
def test_truncated_jpeg_is_rejected(
    image: np.ndarray, options: tuple[int, ...], share: float
) -> None:
    data = encode('.jpg', image, *options)
    if options == PROGRESSIVE:
        share /= 2  # the last scan, the second half here, only refines the image
    kept = data[: int(share * len(data))]
    filled = kept + bytes(len(data) - len(kept))
    middle_missing = kept[: len(kept) // 2] + data[-len(kept) // 2 :]
    variants = [kept, kept + END, filled]
    if options == BASELINE:
        variants.append(middle_missing)
    for variant in variants:
        with pytest.raises(ImageError, match=r'is truncated|cannot be decoded'):
            compressed_to_bgr(message(variant))


@KINDS
def test_complete_jpeg_is_never_rejected(image: np.ndarray, options: tuple[int, ...]) -> None:
    """Accept padding after the end, a missing end marker, a thumbnail, and a grey bottom."""
    grey_bottom = image.copy()
    grey_bottom[200:] = 128
    flat = np.full_like(image, 128)
    for pixels in (image, grey_bottom, flat, flat[:16, :16], image[:5, :3]):
        data = encode('.jpg', np.ascontiguousarray(pixels), *options)
        thumbnail = encode('.jpg', image[:16, :16].copy())
        segment = b'\xff\xe2' + (len(thumbnail) + 2).to_bytes(2, 'big') + thumbnail
        expected = compressed_to_bgr(message(data))
        for variant in (
            data + bytes(700),
            data + END + b'\0',
            data + b'\xff' * 9,
            data[:-2],
            data[:2] + segment + data[2:],
        ):
            assert np.array_equal(compressed_to_bgr(message(variant)), expected)


def test_motion_jpeg_without_huffman_tables_is_decoded(image: np.ndarray) -> None:
    data = encode('.jpg', image)
    stripped, position = b'\xff\xd8', 2
    while data[position + 1] != 0xDA:
        end = position + 2 + int.from_bytes(data[position + 2 : position + 4], 'big')
        if data[position + 1] != 0xC4:
            stripped += data[position:end]
        position = end
    stripped += data[position:]
    decoded = cv2.imdecode(np.frombuffer(stripped, np.uint8), 1)
    if decoded is None:
        pytest.skip('this OpenCV has no default Huffman tables for motion JPEG')
    assert np.array_equal(compressed_to_bgr(message(stripped)), decoded)


@pytest.mark.parametrize('extension', ['.png', '.ppm', '.bmp', '.webp', '.tiff', '.jp2'])
def test_truncated_files_of_other_formats_are_rejected(image: np.ndarray, extension: str) -> None:
    data = encode(extension, image)
    with pytest.raises(ImageError, match=r'cannot be decoded|is truncated'):
        compressed_to_bgr(message(data[: len(data) // 3], extension))


def test_damaged_data_raises_only_image_errors(image: np.ndarray) -> None:
    for extension in ('.jpg', '.png', '.webp', '.bmp', '.tiff'):
        data = encode(extension, image)
        for _ in range(40):
            damaged = bytearray(data)
            for place in RNG.integers(0, min(len(data), 700), 5):
                damaged[place] = RNG.integers(0, 256)
            try:
                got = compressed_to_bgr(message(bytes(damaged)), 1_000_000)
            except ImageError:
                continue
            assert got.dtype == np.uint8 and got.shape[2] == 3


def test_huge_declared_png_chunk_is_rejected_without_allocation(image: np.ndarray) -> None:
    data = bytearray(encode('.png', image))
    place = data.index(b'IDAT') - 4
    for length in (0xFFFFFFFF, 0x5B8D1C07, len(data)):
        data[place : place + 4] = length.to_bytes(4, 'big')
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        with pytest.raises(ImageError, match='the PNG image is truncated'):
            compressed_to_bgr(message(bytes(data), 'png'))
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000  # kB


def test_bytes_after_the_end_of_a_png_are_ignored(image: np.ndarray) -> None:
    decoded = compressed_to_bgr(message(encode('.png', image) + bytes(99), 'png'))
    assert np.array_equal(decoded, image)
