# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Raw images with uncommon encodings; test_image_conversion.py tests the common ones."""

from __future__ import annotations

from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from fairmot_ros.pixels import ENCODINGS, ImageError, raw_to_bgr


def message(data: np.ndarray, encoding: str, size: tuple[int, int], step: int) -> SimpleNamespace:
    return SimpleNamespace(
        width=size[0], height=size[1], encoding=encoding, step=step, is_bigendian=0,
        data=data.tobytes(),
    )  # fmt: skip


def planes(encoding: str, size: tuple[int, int], step: int) -> np.ndarray:
    """Return luma and chroma (ITU-R BT.601) of an image with a red left and a blue right half."""
    width, height = size
    subsampling = 1 if encoding == 'nv24' else 2
    luma = np.full((height, step), 16, np.uint8)
    luma[:, : width // 2], luma[:, width // 2 : width] = 82, 41
    chroma = np.zeros((height // subsampling, step * 2 // subsampling), np.uint8)
    pairs = chroma[:, : width * 2 // subsampling].reshape(
        height // subsampling, width // subsampling, 2
    )
    pairs[:, : width // subsampling // 2] = (90, 240)
    pairs[:, width // subsampling // 2 :] = (240, 110)
    if encoding == 'nv21':
        pairs[...] = pairs[..., ::-1]
    return np.concatenate((luma.ravel(), chroma.ravel()))


@pytest.mark.parametrize('padding', [0, 24], ids=['tight', 'padded rows'])
@pytest.mark.parametrize('encoding', ['nv12', 'nv21', 'nv24'])
def test_two_plane_encodings(encoding: str, padding: int) -> None:
    data = planes(encoding, (16, 12), 16 + padding)
    got = raw_to_bgr(message(data, encoding, (16, 12), 16 + padding))
    assert got.shape == (12, 16, 3)
    assert got.flags.c_contiguous
    assert np.abs(got[:, :8].astype(int) - [0, 0, 255]).max() <= 3
    assert np.abs(got[:, 8:].astype(int) - [255, 0, 0]).max() <= 3


@pytest.mark.parametrize('encoding', ['nv12', 'nv21', 'nv24'])
@pytest.mark.parametrize('step', [0, 32, 48])
def test_wrong_step_of_unpadded_planes_is_ignored(encoding: str, step: int) -> None:
    data = planes(encoding, (16, 12), 16)
    expected = raw_to_bgr(message(data, encoding, (16, 12), 16))
    assert np.array_equal(raw_to_bgr(message(data, encoding, (16, 12), step)), expected)


@pytest.mark.parametrize(
    ('encoding', 'size', 'reason'),
    [
        ('nv12', (16, 14), 'the image data is truncated: 288 bytes at step 16; expected 336'),
        ('nv21', (15, 12), "15 x 12 pixels of 'nv21' cannot be converted: both sides must be"),
        ('nv24', (16, 13), 'the image data is truncated: 288 bytes'),
        ('nv12', (0, 12), 'is empty'),
        ('nv12', (50_000, 50_000), 'more than the limit'),
        ('bgr8', (50_000, 50_000), 'more than the limit'),
        ('16UC1', (16, 12), 'is the encoding of a depth image'),
        ('RGB8', (16, 12), "'RGB8' is unknown: did you mean 'rgb8'. docs/ros.md lists the known"),
        ('YUV422_YUY2', (16, 12), "did you mean 'yuv422_yuy2'"),
        ('bayer_rgg8', (16, 12), "did you mean 'bayer_rggb8'"),
        (' bgr8', (16, 12), "did you mean 'bgr8'"),
        ('', (16, 12), 'the encoding is empty: the publisher must set it, e.g. to bgr8;'),
        ('x' * 1_000_000, (16, 12), "the encoding 'x{40}' is unknown; docs/ros.md"),
    ],
)
def test_error_says_why_an_image_is_unusable(
    encoding: str, size: tuple[int, int], reason: str
) -> None:
    with pytest.raises(ImageError, match=reason) as caught:
        raw_to_bgr(message(np.zeros(288, np.uint8), encoding, size, size[0]))
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize('encoding', ['mono16', 'rgb16', 'bayer_rggb16'])
def test_sixteen_bit_images_with_twelve_bit_values_give_a_warning(encoding: str) -> None:
    channels = 3 if encoding == 'rgb16' else 1
    dark = np.full((12, 16 * channels), 4095, np.uint16)
    warnings: list[str] = []
    for pixels in (dark * 16, dark * 0, dark):
        raw_to_bgr(message(pixels, encoding, (16, 12), 32 * channels), warn=warnings.append)
    (text,) = warnings
    assert text.endswith('scale the values to 16 bits, or publish 8-bit images')


def test_documentation_lists_every_encoding() -> None:
    from pathlib import Path

    text = (Path(__file__).resolve().parents[2] / 'docs/ros.md').read_text()
    assert [name for name in ENCODINGS if f'`{name}`' not in text] == []


def test_nv12_matches_opencv() -> None:
    yuv = np.random.default_rng(0).integers(0, 256, (18, 16), dtype=np.uint8)
    got = raw_to_bgr(message(yuv, 'nv12', (16, 12), 16))
    assert np.array_equal(got, cv2.cvtColor(yuv, cv2.COLOR_YUV2BGR_NV12))
