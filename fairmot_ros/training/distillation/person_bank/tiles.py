# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tiles of a canvas: scaled windows, occlusion and image degradation."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from fairmot_ros.training.distillation.person_bank.windows import Window

Image = NDArray[np.uint8]

MAX_SCALE = 1.7  # of a window; larger ones would only be blurred


def make_tile(window: Window, height: float, max_size: tuple[int, int], rng: Generator) -> Window:
    """Scale a window so that its person has a height, and crop it.

    Args:
        window: window of a bank.
        height: height of the person in pixels; the window is enlarged by MAX_SCALE at most.
        max_size: maximum (width, height) of the tile in pixels.
        rng: random number generator.
    """
    box = window.box_xyxy
    scale = min(height / max(float(box[3] - box[1]), 1.0), MAX_SCALE)
    scales = scale * rng.uniform(0.92, 1.08), scale
    size = [max(8, round(n * s)) for n, s in zip(window.image.shape[1::-1], scales)]
    # Imitates sharp cameras, whose images alias, unlike an average over pixels.
    aliased = scale < 0.5 and rng.random() < 0.25
    method = cv2.INTER_AREA if scale < 1 and not aliased else cv2.INTER_LINEAR
    image = cv2.resize(window.image, size, interpolation=method)
    box = box * np.tile(np.array(scales, np.float32), 2)
    sides = box[2:] - box[:2]
    width = max(12.0, sides[0] * rng.uniform(1.05, 2.2))
    crop = [int(min(max_size[0], size[0], width)), min(max_size[1], size[1])]
    centre = (box[:2] + box[2:]) / 2 + rng.normal(0.0, (0.1, 0.05)) * sides
    x, y = (int(np.clip(c - n / 2, 0, s - n)) for c, n, s in zip(centre, crop, size))
    cropped = image[y : y + crop[1], x : x + crop[0]]
    return Window(cropped, (box - np.array([x, y, x, y])).astype(np.float32))


def occlude(canvas: Image, box_xyxy: NDArray[np.float32], bottom: int, rng: Generator) -> None:
    """Cover a part of a box, in place, with a random part of the canvas above `bottom`."""
    width, height = box_xyxy[2:] - box_xyxy[:2]
    w, h = int(width * rng.uniform(0.15, 0.5)), int(height * rng.uniform(0.15, 0.6))
    if w < 3 or h < 3 or w >= canvas.shape[1] or h >= bottom:
        return
    x = max(int(rng.uniform(box_xyxy[0] - 0.3 * w, box_xyxy[2] - 0.7 * w)), 0)
    y = max(int(rng.uniform(box_xyxy[1], box_xyxy[3] - 0.5 * h)), 0)
    source_x, source_y = int(rng.integers(canvas.shape[1] - w)), int(rng.integers(bottom - h))
    covered = canvas[y : y + h, x : x + w]
    patch = canvas[source_y : source_y + h, source_x : source_x + w].copy()
    covered[:] = patch[: covered.shape[0], : covered.shape[1]]


def degrade(image: Image, rng: Generator) -> Image:
    """Blur, rescale, add noise and compress, each with some probability."""
    size = image.shape[1::-1]
    if rng.random() < 0.3:
        if rng.random() < 0.2:  # motion blur
            length = int(rng.integers(2, 4))
            kernel = np.full((1, length), 1.0 / length)
            image = cv2.filter2D(image, -1, kernel if rng.random() < 0.8 else kernel.T)
        else:
            image = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.3, 0.9))
    if rng.random() < 0.15:
        factor = rng.uniform(0.6, 0.95)
        small = cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        image = cv2.resize(small, size)
    if rng.random() < 0.25:
        noise = rng.standard_normal(image.shape, dtype=np.float32) * rng.uniform(2.0, 7.0)
        image = cv2.add(image, noise, dtype=cv2.CV_8U)
    if rng.random() < 0.3:
        quality = int(rng.integers(40, 92))
        _, data = cv2.imencode('.jpg', image, [cv2.IMWRITE_JPEG_QUALITY, quality])
        image = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR))
    return image
