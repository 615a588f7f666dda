# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Image files of training datasets: file types, listing, reading."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from fairmot_ros.pixels import ImageError, read_image_file
from fairmot_ros.training.data.problems import DataError

IMAGE_SUFFIXES = ('.jpg', '.jpeg', '.png')
#: OpenCV's flag by the divisor of the image size, a value of `config.REDUCTIONS`.
REDUCTION_FLAGS = {
    1: cv2.IMREAD_COLOR,
    2: cv2.IMREAD_REDUCED_COLOR_2,
    4: cv2.IMREAD_REDUCED_COLOR_4,
    8: cv2.IMREAD_REDUCED_COLOR_8,
}


def read_image(path: Path, flags: int = cv2.IMREAD_COLOR) -> NDArray[np.uint8]:
    """Read an image with OpenCV's `flags`.

    Raises:
        DataError: if the file is missing or damaged.
    """
    try:
        return read_image_file(path, flags)
    except ImageError as error:
        raise DataError(str(error)) from error


def find_images(folder: Path) -> list[Path]:
    """Return the files below `images/` of a dataset, sorted by name.

    Raises:
        DataError: if there are none.
    """
    images = [p for p in sorted(folder.glob('images/*')) if p.suffix.lower() in IMAGE_SUFFIXES]
    if not images:
        raise DataError(f'no images in {folder / "images"}')
    return images
