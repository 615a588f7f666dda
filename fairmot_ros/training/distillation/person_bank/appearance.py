# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Random changes of the clothes of a person in an image."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Image = NDArray[np.uint8]

#: Heights of the neck and the waist, as shares of a standing person's box.
NECK, WAIST = (0.13, 0.18), (0.42, 0.58)
SOFT_EDGE = 0.015  # width of the transition between body parts, as a share of the height


def recolour(image: Image, rng: Generator) -> Image:
    """Shift the hue and scale saturation and brightness at random; uint8 [H, W, 3], BGR."""
    hsv = cv2.cvtColor(image, cv2.COLOR_BGR2HSV).astype(np.float32)
    hsv[..., 0] = (hsv[..., 0] + rng.uniform(0.0, 180.0)) % 180.0
    tint = rng.uniform(0.0, 40.0) * (rng.random() < 0.4)
    hsv[..., 1] = np.clip(hsv[..., 1] * rng.uniform(0.3, 1.8) + tint, 0.0, 255.0)
    hsv[..., 2] = 255.0 * (hsv[..., 2] / 255.0) ** np.exp(rng.uniform(-0.9, 0.9))
    return cv2.cvtColor(hsv.astype(np.uint8), cv2.COLOR_HSV2BGR)


def change_clothes(person: Image, rng: Generator) -> Image:
    """Recolour the upper body, the lower body, each with its own colours, or both alike.

    Args:
        person: content of a person's box, uint8 [H, W, 3], BGR; its background changes too.
        rng: random number generator.
    """
    neck, waist = rng.uniform(*NECK), rng.uniform(*WAIST)
    choices = (
        [(neck, waist)],
        [(waist, np.inf)],
        [(neck, waist), (waist, np.inf)],
        [(neck, np.inf)],
    )
    result = person
    for top, bottom in choices[rng.integers(len(choices))]:
        result = blend(result, recolour(person, rng), band(len(person), top, bottom))
    return result


def exchange_lower_body(person: Image, other: Image, rng: Generator) -> Image:
    """Replace the lower body of a person by that of another.

    Both are contents of boxes, uint8 [H, W, C] of any size; the result has the size of `person`.
    """
    height, width = person.shape[:2]
    other = cv2.resize(other, (width, height), interpolation=cv2.INTER_AREA)
    return blend(person, other, band(height, rng.uniform(*WAIST), np.inf))


def band(height: int, top: float, bottom: float) -> NDArray[np.float32]:
    """Return weights [height]: 1 between two heights, given as shares, and 0 elsewhere."""
    y = (np.arange(height) + 0.5) / height

    def above(edge: float) -> NDArray[np.float64]:
        return 1.0 / (1.0 + np.exp(np.clip((edge - y) / SOFT_EDGE, -30.0, 30.0)))

    weights = above(top) * (1.0 - above(bottom))
    return weights.astype(np.float32)


def blend(image: Image, other: Image, weights: NDArray[np.float32]) -> Image:
    """Blend two images by row: weight 1 gives `other`, weight 0 gives `image`."""
    share = weights[:, None, None]
    mixed: Image = (image * (1.0 - share) + other * share).astype(np.uint8)
    return mixed
