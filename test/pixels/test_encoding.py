# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

import cv2
import numpy as np
import pytest

from fairmot_ros.pixels import ImageError, encode_image


@pytest.mark.parametrize('suffix', ['.png', '.jpg'])
def test_encoded_image_has_its_size(suffix: str) -> None:
    data = encode_image(suffix, np.full((30, 40, 3), 99, np.uint8))
    decoded = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert decoded.shape == (30, 40, 3)
    assert np.abs(decoded.astype(int) - 99).max() <= 1


@pytest.mark.parametrize('shape', [(1, 65_501, 3), (65_501, 1, 3)])
def test_too_large_for_jpeg_is_an_error_and_no_empty_image(shape: tuple[int, ...]) -> None:
    image = np.zeros(shape, np.uint8)
    with pytest.raises(ImageError, match='cannot be encoded as JPEG, which has at most 65500'):
        encode_image('.jpg', image)
    assert encode_image('.png', image)


def test_largest_side_of_jpeg() -> None:
    assert encode_image('.jpg', np.zeros((1, 65_500, 3), np.uint8))
