# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Photometric changes of an image, as by light, lens and codec; boxes do not move."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Image = NDArray[np.uint8]


def jitter_colour(image: Image, rng: Generator, strength: float = 1.0) -> Image:
    """Change saturation, brightness, contrast, colour balance and gamma at random.

    Args:
        image: uint8 [H, W, 3], BGR.
        rng: random number generator.
        strength: factor on the ranges of all changes; 1 for the full range.
    """
    saturation = 1.0 + strength * rng.uniform(-0.4, 0.4)
    colour_matrix = saturation * np.eye(3) + (1.0 - saturation) / 3.0
    value = np.arange(256.0)[:, None]
    gain = 1.0 + strength * rng.uniform(-0.3, 0.3)
    balance = 1.0 + strength * rng.uniform(-0.08, 0.08, size=3)
    value = value * gain * balance
    value = (value - 128.0) * (1.0 + strength * rng.uniform(-0.25, 0.25)) + 128.0
    value = np.clip(value + strength * rng.uniform(-15.0, 15.0), 0.0, 255.0)
    gamma = np.exp(strength * rng.uniform(-0.25, 0.25))
    lookup = (255.0 * (value / 255.0) ** gamma).astype(np.uint8)
    return cv2.LUT(cv2.transform(image, colour_matrix), lookup[None])


def degrade(image: Image, rng: Generator) -> Image:
    """Blur, add noise and compress as JPEG, each with a probability of 0.3."""
    if rng.random() < 0.3:
        image = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.4, 1.1))
    if rng.random() < 0.3:
        noise = rng.standard_normal(image.shape, dtype=np.float32) * rng.uniform(2.0, 8.0)
        image = cv2.add(image, noise, dtype=cv2.CV_8U)
    if rng.random() < 0.3:
        quality = int(rng.integers(30, 90))
        _, data = cv2.imencode('.jpg', image, [cv2.IMWRITE_JPEG_QUALITY, quality])
        return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR))
    return image
