# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Shapes of distractors (objects that are not people), and cast shadows of people."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Mask = NDArray[np.uint8]


def rectangle(height: int, width: int, rng: Generator) -> Mask:
    """Return the mask of a rectangle, such as a box, a pole or a door."""
    return np.full((height, width), 255, np.uint8)


def disc(height: int, width: int, rng: Generator) -> Mask:
    """Return the mask of an ellipse that fills the size."""
    mask = np.zeros((height, width), np.uint8)
    centre = (width // 2, height // 2)
    cv2.ellipse(mask, centre, (max(centre[0], 1), max(centre[1], 1)), 0, 0, 360, 255, -1)
    return mask


def sign_post(height: int, width: int, rng: Generator) -> Mask:
    """Return the mask of a plate on a post, which resembles a standing person at a distance."""
    width = max(width, height // 5)
    mask = np.zeros((height, width), np.uint8)
    plate = max(2, int(height * rng.uniform(0.15, 0.5)))
    if rng.random() < 0.5:
        mask[:plate] = 255
    else:
        cv2.ellipse(
            mask, (width // 2, plate // 2), (width // 2, max(plate // 2, 1)), 0, 0, 360, 255, -1
        )
    post = max(1, int(width * rng.uniform(0.08, 0.35)))
    left = int(rng.uniform(0.3, 0.7) * (width - post))
    mask[plate // 2 :, left : left + post] = 255
    return mask


def silhouette(height: int, person: Mask) -> Mask:
    """Return the mask of a person, scaled to a height; it is filled with a texture."""
    width = max(3, round(person.shape[1] * height / person.shape[0]))
    return cv2.resize(person, (width, height), interpolation=cv2.INTER_AREA)


def cast_shadow(
    image: NDArray[np.uint8], person: Mask, left: int, top: int, rng: Generator
) -> None:
    """Darken the ground beside a person's feet, in place.

    Args:
        image: uint8 [H, W, 3], BGR.
        person: mask of the person, uint8 [h, w].
        left: left side of the person in the image, pixels.
        top: upper side of the person in the image, pixels.
        rng: random number generator.
    """
    height, width = person.shape
    length = rng.uniform(0.05, 0.6) * height
    lean = rng.uniform(-1.5, 1.5) * length
    feet = np.array([[left, top + height], [left + width, top + height]], np.float32)
    corners = np.array([feet[0], feet[1], feet[1] + (lean, -length)], np.float32)
    source = np.array([[0, height], [width, height], [width, 0]], np.float32)
    shadow = cv2.warpAffine(
        person,
        cv2.getAffineTransform(source, corners),
        (image.shape[1], image.shape[0]),
        flags=cv2.INTER_LINEAR,
    )
    soft = cv2.GaussianBlur(shadow, (0, 0), rng.uniform(0.5, 2.5)).astype(np.float32)
    soft *= rng.uniform(0.2, 0.6) / 255.0
    image[:] = (image * (1.0 - soft[..., None])).astype(np.uint8)
