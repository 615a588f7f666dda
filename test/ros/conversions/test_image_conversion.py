# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

from array import array

import cv2
import numpy as np
import pytest

pytest.importorskip('rclpy', reason='needs ROS 2')
from sensor_msgs.msg import CompressedImage, Image
from std_msgs.msg import Header

from fairmot_ros.ros.conversions.images import ImageError, from_bgr, to_bgr


@pytest.fixture
def image() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (7, 11, 3), dtype=np.uint8)


def encoded(image: np.ndarray, encoding: str) -> np.ndarray:
    conversions = {
        'rgb8': cv2.COLOR_BGR2RGB,
        'bgra8': cv2.COLOR_BGR2BGRA,
        '8UC4': cv2.COLOR_BGR2BGRA,
        'rgba8': cv2.COLOR_BGR2RGBA,
        'mono8': cv2.COLOR_BGR2GRAY,
        '8UC1': cv2.COLOR_BGR2GRAY,
    }
    return cv2.cvtColor(image, conversions[encoding]) if encoding in conversions else image


def as_message(pixels: np.ndarray, encoding: str, padding: int = 0) -> Image:
    height, width = pixels.shape[:2]
    rows = pixels.reshape(height, -1)
    rows = np.hstack((rows, np.full((height, padding), 99, np.uint8)))
    return Image(
        height=height,
        width=width,
        encoding=encoding,
        step=rows.shape[1],
        data=array('B', rows.tobytes()),
    )


@pytest.mark.parametrize('padding', [0, 5], ids=['tight', 'padded rows'])
@pytest.mark.parametrize(
    'encoding', ['bgr8', '8UC3', 'rgb8', 'bgra8', '8UC4', 'rgba8', 'mono8', '8UC1']
)
def test_common_encodings(image: np.ndarray, encoding: str, padding: int) -> None:
    got = to_bgr(as_message(encoded(image, encoding), encoding, padding))
    expected = image
    if encoding in ('mono8', '8UC1'):
        expected = np.repeat(encoded(image, encoding)[:, :, None], 3, axis=2)
    assert np.array_equal(got, expected)


@pytest.mark.parametrize('endian', ['<', '>'], ids=['little', 'big endian'])
@pytest.mark.parametrize('encoding', ['bgr16', 'rgb16', 'bgra16', 'rgba16', 'mono16'])
def test_sixteen_bit_encodings(image: np.ndarray, encoding: str, endian: str) -> None:
    eight = encoding.removesuffix('16') + '8'
    pixels = encoded(image, eight)
    stored = (pixels.astype(np.uint16) * 256 + 77).astype(f'{endian}u2')
    height, width = image.shape[:2]
    message = Image(
        height=height,
        width=width,
        encoding=encoding,
        step=stored.nbytes // height,
        is_bigendian=endian == '>',
        data=array('B', stored.tobytes()),
    )
    assert np.array_equal(to_bgr(message), to_bgr(as_message(pixels, eight)))


COLOUR = {'b': 40, 'g': 120, 'r': 200}


@pytest.mark.parametrize('pattern', ['rggb', 'bggr', 'gbrg', 'grbg'])
def test_bayer_patterns(pattern: str) -> None:
    cell = np.array([COLOUR[letter] for letter in pattern], np.uint8).reshape(2, 2)
    got = to_bgr(as_message(np.tile(cell, (6, 8)), f'bayer_{pattern}8'))
    assert got.shape == (12, 16, 3)
    assert (got == [COLOUR[letter] for letter in 'bgr']).all()


@pytest.mark.parametrize('encoding', ['yuv422', 'uyvy', 'yuv422_yuy2', 'yuyv'])
def test_yuv_encodings(encoding: str) -> None:
    b, g, r = (COLOUR[letter] for letter in 'bgr')
    y = 16 + (65.7 * r + 129.1 * g + 25.1 * b) / 256  # ITU-R BT.601
    u = 128 + (-37.9 * r - 74.5 * g + 112.4 * b) / 256
    v = 128 + (112.4 * r - 94.2 * g - 18.3 * b) / 256
    order = [u, y, v, y] if encoding in ('yuv422', 'uyvy') else [y, u, y, v]
    pixels = np.tile(np.round(order).astype(np.uint8), (6, 4)).reshape(6, 8, 2)
    got = to_bgr(as_message(pixels, encoding))
    assert got.shape == (6, 8, 3)
    assert np.abs(got.astype(int) - [b, g, r]).max() <= 2


def test_bgr8_is_a_view_and_survives_a_round_trip(image: np.ndarray) -> None:
    header = Header(frame_id='eye')
    message = from_bgr(image, header)
    assert (message.encoding, message.step, message.header.frame_id) == ('bgr8', 33, 'eye')
    view = to_bgr(message)
    assert np.array_equal(view, image)
    assert np.shares_memory(view, np.frombuffer(message.data, np.uint8))
    strided = from_bgr(image[:, ::2], header)
    assert np.array_equal(to_bgr(strided), image[:, ::2])


def test_compressed_image(image: np.ndarray) -> None:
    _, data = cv2.imencode('.png', image)
    message = CompressedImage(format='png', data=array('B', data.tobytes()))
    assert np.array_equal(to_bgr(message), image)


def broken(**changes: object) -> Image:
    message = as_message(np.zeros((4, 5, 3), np.uint8), 'bgr8')
    for name, value in changes.items():
        setattr(message, name, value)
    return message


@pytest.mark.parametrize(
    ('message', 'reason'),
    [
        (Image(), 'is empty: 0 x 0 pixels'),
        (broken(data=array('B', bytes(30))), 'truncated: 30 bytes; expected 60 for 5 x 4 bgr8'),
        (broken(step=10), 'step 10 is too small for 5 pixels of bgr8; expected at least 15 bytes'),
        (broken(encoding='yuv999'), "'yuv999'"),
        (broken(encoding='16UC1'), "'16UC1' is the encoding of a depth image"),
        (broken(encoding='yuyv'), "5 x 4 pixels of 'yuyv' cannot be converted"),
        (CompressedImage(), 'the compressed image is empty'),
        (CompressedImage(format='jpeg', data=array('B', b'x')), "'jpeg'. cannot be decoded"),
    ],
)
def test_error_says_why_an_image_is_unusable(message: Image, reason: str) -> None:
    with pytest.raises(ImageError, match=reason):
        to_bgr(message)
