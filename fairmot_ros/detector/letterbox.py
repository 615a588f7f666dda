"""Between a camera image of any size and the network's fixed input."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

BORDER_GREY = 128  # the published code's 127.5, as it ends in a uint8 image


def letterbox(image: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """Scale an image to fit and centre it on grey.

    Args:
        image: uint8 [H, W, 3].
        size: (width, height) of the result.

    Returns:
        uint8 [height, width, 3].
    """
    width, height = size
    ratio = min(height / image.shape[0], width / image.shape[1])
    inner = (max(1, round(image.shape[1] * ratio)), max(1, round(image.shape[0] * ratio)))
    if inner != (image.shape[1], image.shape[0]):
        image = cv2.resize(image, inner, interpolation=cv2.INTER_AREA)
    if inner == size:
        return image
    pad_x, pad_y = (width - inner[0]) / 2, (height - inner[1]) / 2
    # An odd row or column goes to the bottom or right.
    return cv2.copyMakeBorder(
        image,
        round(pad_y - 0.1),
        round(pad_y + 0.1),
        round(pad_x - 0.1),
        round(pad_x + 0.1),
        cv2.BORDER_CONSTANT,
        value=(BORDER_GREY,) * 3,
    )


def map_to_image(
    boxes_xyxy: NDArray[np.float32], map_size: tuple[int, int], image_size: tuple[int, int]
) -> NDArray[np.float32]:
    """Project boxes from the output map back to the image.

    One scale for both axes, about the centre, as the published affine has it; it leaves out
    the letterbox's rounding of at most half an input pixel.

    Args:
        boxes_xyxy: [N, 4] in cells of the map.
        map_size: (width, height) of the map.
        image_size: (width, height) of the image.
    """
    map_width, map_height = map_size
    image_width, image_height = image_size
    scale = max(map_width / map_height * image_height, image_width) / map_width
    map_centre = np.array([map_width, map_height] * 2, np.float64) / 2
    image_centre = np.array([image_width, image_height] * 2, np.float64) / 2
    boxes = (boxes_xyxy.astype(np.float64) - map_centre) * scale + image_centre
    return boxes.astype(np.float32)
