# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Encoding of images for messages and bags."""

from __future__ import annotations

from collections.abc import Sequence

import cv2

from fairmot_ros.pixels.limits import BgrImage, ImageError

#: Largest width and height of a JPEG image that libjpeg writes, pixels.
MAX_JPEG_SIDE = 65_500


def encode_image(suffix: str, image: BgrImage, options: Sequence[int] = ()) -> bytes:
    """Encode an image in the format of a file suffix.

    Args:
        suffix: such as '.jpg' or '.png'.
        image: uint8 [H, W, 3], BGR.
        options: format options of OpenCV's `imencode`.

    Raises:
        ImageError: if the format cannot hold the image.
    """
    height, width = image.shape[:2]
    if suffix == '.jpg' and max(height, width) > MAX_JPEG_SIDE:
        raise ImageError(
            f'an image of {width} x {height} pixels cannot be encoded as JPEG, which has at most '
            f'{MAX_JPEG_SIDE} pixels per side: use raw images, or smaller ones'
        )
    done, data = cv2.imencode(suffix, image, list(options))
    if not done:
        raise ImageError(f'an image of {width} x {height} pixels cannot be encoded as {suffix}')
    return data.tobytes()
