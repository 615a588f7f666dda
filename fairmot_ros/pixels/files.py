# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Reading of image files, with a size limit and checks for damage."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from fairmot_ros.files.errors import reason_of
from fairmot_ros.pixels.headers import declared_size
from fairmot_ros.pixels.limits import MAX_IMAGE_PIXELS, ImageError, check_size
from fairmot_ros.pixels.png import is_truncated_png

FLAGS = cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION


def read_image_file(
    path: Path, flags: int = FLAGS, max_pixels: int = MAX_IMAGE_PIXELS
) -> NDArray[np.uint8]:
    """Read an image file in any format that OpenCV supports.

    Args:
        path: path of the file.
        flags: flags of `cv2.imdecode`.
        max_pixels: limit of width x height; checked in the header, before decoding.

    Returns:
        uint8 [H, W, 3], BGR, unless `flags` request another format.

    Raises:
        ImageError: if the file is missing, too large, truncated or not an image.
    """
    try:
        return decode_image(path.read_bytes(), flags, max_pixels)
    except (OSError, ImageError, cv2.error) as error:
        raise ImageError(f'the image {path} cannot be read: {reason_of(error)}') from error


def decode_image(
    data: bytes, flags: int = FLAGS, max_pixels: int = MAX_IMAGE_PIXELS
) -> NDArray[np.uint8]:
    """Return the image in the content of a file; for arguments, see `read_image_file`.

    Raises:
        ImageError: if it is too large, truncated or not an image.
        cv2.error: if OpenCV fails.
    """
    if not data:
        raise ImageError('the file is empty')
    size = declared_size(data)
    if size is not None:
        check_size(*size, max_pixels)
    if is_truncated_png(data):
        raise ImageError('the file is truncated')
    image = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    if image is None:
        raise ImageError('the file is not an image, or is damaged')
    return image
