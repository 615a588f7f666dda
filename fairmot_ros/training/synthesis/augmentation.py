# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""FairMOT's augmentation of whole images: colour, random affine transform, mirroring."""

from __future__ import annotations

import math
from collections.abc import Callable

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from fairmot_ros.boxes import area, boxes_around
from fairmot_ros.detector.letterbox import letterbox
from fairmot_ros.training.config import AugmentationOptions
from fairmot_ros.training.data.sample import Sample

Matrix = NDArray[np.float64]
Boxes = NDArray[np.float32]

BORDER_GREY = 127.5  # as in FairMOT's code; the letterbox of uint8 images uses 128
#: A transformed box is kept if its sides exceed MIN_SIZE pixels, at least MIN_AREA_SHARE of its
#: area is left and its aspect ratio is below MAX_ASPECT.
MIN_SIZE, MIN_AREA_SHARE, MAX_ASPECT = 4.0, 0.1, 10.0


def augment(
    sample: Sample, size: tuple[int, int], options: AugmentationOptions, rng: Generator
) -> Sample:
    """Augment a sample and letterbox it to the input size of the network.

    Args:
        sample: whole image of any size, with its labels.
        size: (width, height) of the result.
        options: strength of the augmentation.
        rng: random number generator.

    Returns:
        The augmented sample. Boxes may extend beyond the image; objects outside it are dropped.
    """
    image = sample.image
    if options.hsv:
        image = jitter_hsv(image, rng.random, options.hsv)
    source = (image.shape[1], image.shape[0])
    boxes = letterbox_boxes(sample.boxes_xyxy, source, size)
    ignored = letterbox_boxes(sample.ignored_xyxy, source, size)
    image = letterbox(image, size)
    sample = Sample(image, boxes, sample.identities, sample.class_ids, ignored, sample.scores)
    if options.transforms:
        matrix, angle = random_affine(rng.random, size, options)
        sample.image = warp(image, matrix)
        boxes, kept = map_boxes(boxes, matrix, angle, size)
        sample.keep(kept)
        sample.boxes_xyxy = boxes
        sample.ignored_xyxy, _ = map_boxes(ignored, matrix, angle, size)
    if rng.random() < options.flip:
        sample.flip()
    return sample


def jitter_hsv(
    image: NDArray[np.uint8], uniform: Callable[[], float], strength: float
) -> NDArray[np.uint8]:
    """Scale saturation, then value, each by a random factor in 1 +- `strength`.

    Args:
        image: uint8 [H, W, 3], BGR.
        uniform: returns a random number in 0..1.
        strength: maximum relative change, in 0..1.
    """
    hsv = cv2.cvtColor(image, cv2.COLOR_BGR2HSV)
    steps = np.arange(256, dtype=np.float32)
    for channel in (1, 2):
        factor = (uniform() * 2 - 1) * strength + 1
        table = np.minimum(steps * factor, 255).astype(np.uint8)
        hsv[:, :, channel] = table[hsv[:, :, channel]]
    return cv2.cvtColor(hsv, cv2.COLOR_HSV2BGR)


def letterbox_boxes(boxes: Boxes, source: tuple[int, int], size: tuple[int, int]) -> Boxes:
    """Map boxes of an image of size `source` as `letterbox` maps the image to `size`.

    Both sizes are (width, height).
    """
    ratio = min(size[0] / source[0], size[1] / source[1])
    pad = [(size[i] - round(source[i] * ratio)) / 2 for i in (0, 1)]
    return (boxes * ratio + np.array([*pad, *pad])).astype(np.float32)


def random_affine(
    uniform: Callable[[], float], size: tuple[int, int], options: AugmentationOptions
) -> tuple[Matrix, float]:
    """Draw a random affine transform: rotation and scaling, then translation, then shear.

    As in FairMOT's code, the shift along x is a share of the height and the shift along y a share
    of the width, and the random numbers are drawn in the same order.

    Args:
        uniform: returns a random number in 0..1.
        size: (width, height) of the image.
        options: strength of the augmentation.

    Returns:
        The transform of pixels, float64 [3, 3], and the rotation angle in degrees.
    """

    def between(low: float, high: float) -> float:
        return uniform() * (high - low) + low

    width, height = size
    angle = between(-options.rotation, options.rotation)
    scale = between(*options.scale)
    rotated = np.eye(3)
    rotated[:2] = cv2.getRotationMatrix2D((width / 2, height / 2), angle, scale)
    shifted = np.eye(3)
    for axis, length in ((0, height), (1, width)):
        shifted[axis, 2] = between(-1, 1) * options.translation * length
    sheared = np.eye(3)
    for row, column in ((0, 1), (1, 0)):
        sheared[row, column] = math.tan(math.radians(between(-options.shear, options.shear)))
    return sheared @ shifted @ rotated, angle


def warp(image: NDArray[np.uint8], matrix: Matrix) -> NDArray[np.uint8]:
    """Transform an image [H, W, 3]; pixels outside the source become grey."""
    return cv2.warpPerspective(
        image,
        matrix,
        (image.shape[1], image.shape[0]),
        flags=cv2.INTER_LINEAR,
        borderValue=(BORDER_GREY,) * 3,
    )


def map_boxes(
    boxes: Boxes, matrix: Matrix, angle: float, size: tuple[int, int]
) -> tuple[Boxes, NDArray[np.int64]]:
    """Transform boxes and drop those that are too small or outside the image.

    The box around the four transformed corners is shrunk depending on the rotation angle, because
    the corners of a box rarely belong to the object.

    Args:
        boxes: [N, 4], left, top, right, bottom in pixels.
        matrix: transform of pixels, [3, 3].
        angle: rotation angle of the transform in degrees.
        size: (width, height) of the image.

    Returns:
        The boxes that are kept, [M, 4], not clipped, and their indices, [M].
    """
    source = boxes.astype(np.float64)
    corners = source[:, [0, 1, 2, 3, 0, 3, 2, 1]].reshape(-1, 2)
    mapped = (corners @ matrix[:2, :2].T + matrix[:2, 2]).reshape(-1, 4, 2)
    low, high = mapped.min(axis=1), mapped.max(axis=1)
    radians = math.radians(angle)
    shrink = math.sqrt(max(abs(math.sin(radians)), abs(math.cos(radians))))
    centre, extent = (low + high) / 2, (high - low) * shrink
    mapped_boxes = boxes_around(centre, extent)
    width, height = extent[:, 0], extent[:, 1]
    aspect = np.maximum(width / (height + 1e-16), height / (width + 1e-16))
    kept = (width > MIN_SIZE) & (height > MIN_SIZE) & (aspect < MAX_ASPECT)
    kept &= width * height / (area(source) + 1e-16) > MIN_AREA_SHARE
    kept &= (mapped_boxes[:, :2] < size).all(axis=1) & (mapped_boxes[:, 2:] > 0).all(axis=1)
    rows = np.flatnonzero(kept)
    return mapped_boxes[rows].astype(np.float32), rows
