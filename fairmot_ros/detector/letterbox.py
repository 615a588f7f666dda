"""Between a camera image of any size and the network's fixed input."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

BORDER_GREY = 128  # the published code's 127.5, as it ends in a uint8 image


def letterbox(
    image: NDArray[np.uint8], size: tuple[int, int], enlarge: bool = True
) -> NDArray[np.uint8]:
    """Scale an image to fit and centre it on grey.

    Args:
        image: uint8 [H, W, 3].
        size: (width, height) of the result.
        enlarge: whether images smaller than that are enlarged.

    Returns:
        uint8 [height, width, 3].
    """
    width, height = size
    ratio = min(height / image.shape[0], width / image.shape[1])
    if not enlarge:
        ratio = min(ratio, 1.0)
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
    boxes_xyxy: NDArray[np.float32],
    map_size: tuple[int, int],
    image_size: tuple[int, int],
    enlarge: bool = True,
) -> NDArray[np.float32]:
    """Project boxes from the network's input, or its output map, back to the image.

    One scale for both axes, about the centre, as the published affine has it; it leaves out
    the letterbox's rounding of at most half an input pixel.

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
