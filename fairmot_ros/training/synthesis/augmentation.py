"""The published augmentation of whole pictures: colours, a random affine map, mirroring."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from fairmot_ros.boxes import area, boxes_around
from fairmot_ros.detector.letterbox import letterbox
from fairmot_ros.training.synthesis.scene import Scene

Matrix = NDArray[np.float64]
Boxes = NDArray[np.float32]

BORDER_GREY = 127.5  # as published; the letterbox's grey, which ends in bytes, is 128
# A mapped box is kept if it is larger than this, has kept a share of its area and is no sliver.
MIN_SIZE, MIN_AREA_SHARE, MAX_ASPECT = 4.0, 0.1, 10.0


@dataclass(frozen=True)
class AugmentationOptions:
    """How pictures are changed; the defaults are the published ones.

    Attributes:
        hsv: largest relative change of saturation and of value.
        rotation: largest angle, degrees.
        translation: largest shift, as a share of the picture.
        scale: smallest and largest factor.
        shear: largest angle, degrees.
        flip: probability of mirroring.
    """

    hsv: float = 0.5
    rotation: float = 5.0
    translation: float = 0.1
    scale: tuple[float, float] = (0.5, 1.2)
    shear: float = 2.0
    flip: float = 0.5

    @property
    def moves(self) -> bool:
        """Whether there is anything for the affine map to do."""
        still = self.rotation == self.translation == self.shear == 0
        return not (still and self.scale == (1.0, 1.0))


def prepare(
    scene: Scene, size: tuple[int, int], options: AugmentationOptions, rng: Generator
) -> Scene:
    """Change a picture and bring it to the network's size.

    Args:
        scene: a whole picture, of any size.
        size: (width, height) of the result.
        options: how much.
        rng: decides.

    Returns:
        The scene; boxes may reach beyond it, those wholly outside are gone.
    """
    image = scene.image
    if options.hsv:
        image = jitter_hsv(image, rng.random, options.hsv)
    source = (image.shape[1], image.shape[0])
    boxes = letterbox_boxes(scene.boxes_xyxy, source, size)
    ignored = letterbox_boxes(scene.ignored_xyxy, source, size)
    image = letterbox(image, size)
    scene = Scene(image, boxes, scene.identities, scene.class_ids, ignored, scene.scores)
    if options.moves:
        matrix, angle = random_affine(rng.random, size, options)
        scene.image = warp(image, matrix)
        boxes, kept = map_boxes(boxes, matrix, angle, size)
        scene.keep(kept)
        scene.boxes_xyxy = boxes
        scene.ignored_xyxy, _ = map_boxes(ignored, matrix, angle, size)
    if rng.random() < options.flip:
        scene.flip()
    return scene


def jitter_hsv(
    image: NDArray[np.uint8], uniform: Callable[[], float], strength: float
) -> NDArray[np.uint8]:
    """Scale saturation, then value, each by a random factor in 1 +- `strength`.

    Args:
        image: uint8 [H, W, 3], BGR.
        uniform: returns a random number in 0..1.
        strength: in 0..1.
    """
    hsv = cv2.cvtColor(image, cv2.COLOR_BGR2HSV)
    steps = np.arange(256, dtype=np.float32)
    for channel in (1, 2):
        factor = (uniform() * 2 - 1) * strength + 1
        table = np.minimum(steps * factor, 255).astype(np.uint8)
        hsv[:, :, channel] = table[hsv[:, :, channel]]
    return cv2.cvtColor(hsv, cv2.COLOR_HSV2BGR)


def letterbox_boxes(boxes: Boxes, source: tuple[int, int], size: tuple[int, int]) -> Boxes:
    """Map boxes of a picture of size `source`, (width, height), as `letterbox` maps it."""
    ratio = min(size[0] / source[0], size[1] / source[1])
    pad = [(size[i] - round(source[i] * ratio)) / 2 for i in (0, 1)]
    return (boxes * ratio + np.array([*pad, *pad])).astype(np.float32)


def random_affine(
    uniform: Callable[[], float], size: tuple[int, int], options: AugmentationOptions
) -> tuple[Matrix, float]:
    """Return a random 3 x 3 map of pixels: shear after shift after rotation and scaling.

    As published, the shift along x is a share of the height and that along y of the width. The
    random numbers are drawn in the published order.

    Args:
        uniform: returns a random number in 0..1.
        size: (width, height).
        options: how much.

    Returns:
        The matrix and the angle of the rotation in degrees.
    """

    def between(low: float, high: float) -> float:
        return uniform() * (high - low) + low

    width, height = size
    angle = between(-options.rotation, options.rotation)
    scale = between(*options.scale)
    turned = np.eye(3)
    turned[:2] = cv2.getRotationMatrix2D((width / 2, height / 2), angle, scale)
    shifted = np.eye(3)
    for axis, length in ((0, height), (1, width)):
        shifted[axis, 2] = between(-1, 1) * options.translation * length
    sheared = np.eye(3)
    for row, column in ((0, 1), (1, 0)):
        sheared[row, column] = math.tan(math.radians(between(-options.shear, options.shear)))
    return sheared @ shifted @ turned, angle


def warp(image: NDArray[np.uint8], matrix: Matrix) -> NDArray[np.uint8]:
    """Return the picture under a map of pixels, grey where it does not reach."""
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
    """Map boxes; the box around the four corners is shrunk again, as corners are mostly empty.

    Args:
        boxes: [N, 4], left, top, right, bottom in pixels.
        matrix: [3, 3].
        angle: of the rotation in the matrix, degrees.
        size: (width, height) of the picture.

    Returns:
        The boxes that are kept, [M, 4], not clipped, and which they are, [M].
    """
    source = boxes.astype(np.float64)
    corners = source[:, [0, 1, 2, 3, 0, 3, 2, 1]].reshape(-1, 2)
    mapped = (corners @ matrix[:2, :2].T + matrix[:2, 2]).reshape(-1, 4, 2)
    low, high = mapped.min(axis=1), mapped.max(axis=1)
    radians = math.radians(angle)
    shrink = math.sqrt(max(abs(math.sin(radians)), abs(math.cos(radians))))
    centre, extent = (low + high) / 2, (high - low) * shrink
    turned = boxes_around(centre, extent)
    width, height = extent[:, 0], extent[:, 1]
    aspect = np.maximum(width / (height + 1e-16), height / (width + 1e-16))
    kept = (width > MIN_SIZE) & (height > MIN_SIZE) & (aspect < MAX_ASPECT)
    kept &= width * height / (area(source) + 1e-16) > MIN_AREA_SHARE
    kept &= (turned[:, :2] < size).all(axis=1) & (turned[:, 2:] > 0).all(axis=1)
    rows = np.flatnonzero(kept)
    return turned[rows].astype(np.float32), rows
