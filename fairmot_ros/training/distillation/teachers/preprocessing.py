# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Resizing of images to the fixed input size of a teacher network."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Array = NDArray[np.float32]


def resize(image: Image, size: tuple[int, int]) -> Image:
    """Resize an image [H, W, 3] to (width, height), by area averaging if it shrinks."""
    shrinks = size[0] * size[1] < image.shape[0] * image.shape[1]
    resized: Image = cv2.resize(
        image, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    )
    return resized


def stretch(image: Image, size: tuple[int, int]) -> tuple[Image, Array]:
    """Resize to (width, height) without keeping the aspect ratio.

    Returns:
        The resized image, and the factors [4] that map boxes (left, top, right, bottom) from its
        pixels to those of `image`.
    """
    scale = [image.shape[1] / size[0], image.shape[0] / size[1]]
    return resize(image, size), np.array(scale * 2, np.float32)


def letterbox_top_left(image: Image, size: tuple[int, int], grey: int) -> tuple[Image, Array]:
    """Resize to fit (width, height), align at the top left and pad with grey.

    Returns:
        The padded image and box factors, as from `stretch`.
    """
    scale = min(size[0] / image.shape[1], size[1] / image.shape[0])
    inner = (max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))
    boxed = np.full((size[1], size[0], 3), grey, np.uint8)
    boxed[: inner[1], : inner[0]] = resize(image, inner)
    return boxed, np.full(4, 1 / scale, np.float32)
