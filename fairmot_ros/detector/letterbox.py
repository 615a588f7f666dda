# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Map between a camera image of any size and the network's fixed input."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

BORDER_GREY = 128  # the published code's 127.5, as it ends in a uint8 image


@dataclass(frozen=True)
class Placement:
    """Where a scaled image lies in the network's input, in pixels of the input."""

    left: int
    top: int
    width: int
    height: int

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) of the scaled image."""
        return self.width, self.height

    @property
    def rows(self) -> slice:
        """Rows of the input that the image covers."""
        return slice(self.top, self.top + self.height)

    @property
    def columns(self) -> slice:
        """Columns of the input that the image covers."""
        return slice(self.left, self.left + self.width)


def place(image_size: tuple[int, int], size: tuple[int, int], enlarge: bool = True) -> Placement:
    """Return where an image lies in an input: scaled to fit, centred.

    Args:
        image_size: (width, height) of the image.
        size: (width, height) of the input.
        enlarge: whether images smaller than the input are enlarged.
    """
    width, height = size
    ratio = min(height / image_size[1], width / image_size[0])
    if not enlarge:
        ratio = min(ratio, 1.0)
    inner = (max(1, round(image_size[0] * ratio)), max(1, round(image_size[1] * ratio)))
    # The remainder of an odd row or column goes to the bottom or right.
    left, top = round((width - inner[0]) / 2 - 0.1), round((height - inner[1]) / 2 - 0.1)
    return Placement(left, top, *inner)


def resize(
    image: NDArray[np.uint8], size: tuple[int, int], out: NDArray[np.uint8] | None = None
) -> NDArray[np.uint8]:
    """Return an image at another size (width, height); the image itself if it has that size.

    Args:
        image: uint8 [H, W, 3].
        size: (width, height) of the result.
        out: buffer for the result, uint8 [height, width, 3].
    """
    if size == (image.shape[1], image.shape[0]):
        return image
    resized: NDArray[np.uint8] = cv2.resize(image, size, dst=out, interpolation=cv2.INTER_AREA)
    return resized


def letterbox(
    image: NDArray[np.uint8], size: tuple[int, int], enlarge: bool = True
) -> NDArray[np.uint8]:
    """Scale an image to fit and centre it on grey.

    Args:
        image: uint8 [H, W, 3].
        size: (width, height) of the result.
        enlarge: whether images smaller than that are enlarged.

    Returns:
        uint8 [height, width, 3]; the image itself if it has that size.
    """
    placement = place((image.shape[1], image.shape[0]), size, enlarge)
    image = resize(image, placement.size)
    if placement.size == size:
        return image
    boxed = np.full((size[1], size[0], 3), BORDER_GREY, np.uint8)
    boxed[placement.rows, placement.columns] = image
    return boxed


def map_to_image(
    boxes_xyxy: NDArray[np.float32],
    map_size: tuple[int, int],
    image_size: tuple[int, int],
    enlarge: bool = True,
) -> NDArray[np.float32]:
    """Project boxes from the network's input, or its output map, back to the image.

    The scale is the same for both axes and fixes the centre, as in the published affine
    transform. The letterbox's rounding, at most half an input pixel, is not reproduced.

    Args:
        boxes_xyxy: [N, 4] in pixels of the input, or cells of the map.
        map_size: (width, height) of the input or map.
        image_size: (width, height) of the image.
        enlarge: as for `letterbox`; without, boxes are in pixels of the input.
    """
    scale, map_centre, image_centre = _projection(map_size, image_size, enlarge)
    boxes = (boxes_xyxy.astype(np.float64) - map_centre) * scale + image_centre
    return boxes.astype(np.float32)


def map_to_input(
    boxes_xyxy: NDArray[np.float32],
    input_size: tuple[int, int],
    image_size: tuple[int, int],
    enlarge: bool = True,
) -> NDArray[np.float32]:
    """Project boxes from the image to the network's input; the inverse of `map_to_image`."""
    scale, input_centre, image_centre = _projection(input_size, image_size, enlarge)
    boxes = (boxes_xyxy.astype(np.float64) - image_centre) / scale + input_centre
    return boxes.astype(np.float32)


def _projection(
    map_size: tuple[int, int], image_size: tuple[int, int], enlarge: bool
) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
    """Return the scale from map to image, and the centres of both as (x, y, x, y)."""
    map_width, map_height = map_size
    image_width, image_height = image_size
    scale = max(map_width / map_height * image_height, image_width) / map_width
    map_centre = np.array([map_width, map_height] * 2, np.float64) / 2
    image_centre = np.array([image_width, image_height] * 2, np.float64) / 2
    return scale if enlarge else max(scale, 1.0), map_centre, image_centre
