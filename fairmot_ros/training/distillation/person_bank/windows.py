# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Windows: image regions around one person, cropped or pasted on a background."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from fairmot_ros.boxes import clip_boxes
from fairmot_ros.training.data.cut_outs import CutOut
from fairmot_ros.training.distillation.person_bank.appearance import (
    change_clothes,
    exchange_lower_body,
)
from fairmot_ros.training.synthesis.photometric import jitter_colour

#: Margin on each side of the box, as shares of its width and height.
MARGIN = (0.7, 0.22)
#: Maximum height of a person in a window: the input height of re-identification networks.
MAX_HEIGHT = 256
PASTED_HEIGHT = (120, MAX_HEIGHT)  # range of the height of pasted people, pixels


@dataclass(frozen=True)
class Window:
    """A person with a margin.

    Attributes:
        image: uint8 [H, W, 3], BGR.
        box_xyxy: box of the person in pixels, float32 [4].
    """

    image: NDArray[np.uint8]
    box_xyxy: NDArray[np.float32]

    def person(self) -> NDArray[np.uint8]:
        """Return the pixels of the box, as a view."""
        left, top, right, bottom = self.box_xyxy.round().astype(int).clip(0)
        return self.image[top : max(bottom, top + 1), left : max(right, left + 1)]

    def with_person(self, person: NDArray[np.uint8]) -> Window:
        """Return a copy with other pixels in the box."""
        changed = Window(self.image.copy(), self.box_xyxy)
        changed.person()[:] = person
        return changed

    def flipped(self) -> Window:
        """Return a horizontally mirrored copy."""
        left, top, right, bottom = self.box_xyxy
        width = self.image.shape[1]
        box = np.array([width - right, top, width - left, bottom], np.float32)
        return Window(np.ascontiguousarray(self.image[:, ::-1]), box)


def crop_person(
    image: NDArray[np.uint8], box_xyxy: NDArray[np.float32], aspect: float, max_height: int
) -> Window:
    """Crop a person from an image, with MARGIN as far as the image extends.

    Args:
        image: uint8 [H, W, 3], BGR.
        box_xyxy: box of the person, [4]; it is clipped to the image.
        aspect: factor by which to widen the result.
        max_height: height in pixels to which taller people are reduced.
    """
    height, width = image.shape[:2]
    box = clip_boxes(box_xyxy, (width, height))
    w, h = box[2:] - box[:2]
    x0, x1 = max(int(box[0] - MARGIN[0] * w), 0), min(int(np.ceil(box[2] + MARGIN[0] * w)), width)
    y0, y1 = max(int(box[1] - MARGIN[1] * h), 0), min(int(np.ceil(box[3] + MARGIN[1] * h)), height)
    scale = min(1.0, max_height / h)
    size = (max(4, round((x1 - x0) * scale * aspect)), max(4, round((y1 - y0) * scale)))
    part = cv2.resize(image[y0:y1, x0:x1], size, interpolation=cv2.INTER_AREA)
    factor = np.array([size[0] / (x1 - x0), size[1] / (y1 - y0)] * 2, np.float32)
    return Window(part, (box - np.array([x0, y0, x0, y0], np.float32)) * factor)


def paste_on_background(
    cut_out: CutOut, other: CutOut, background: NDArray[np.uint8], rng: Generator
) -> Window:
    """Paste a cut-out on a random part of a background, in some cases with changed clothes.

    Args:
        cut_out: the person.
        other: person whose lower body is used in some cases.
        background: uint8 [H, W, 3], BGR.
        rng: random number generator.
    """
    height = int(rng.integers(*PASTED_HEIGHT))
    horizontal = rng.uniform(0.75, 1.08)
    width = max(8, round(cut_out.mask.shape[1] * height / cut_out.mask.shape[0] * horizontal))

    def resized(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        return cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)

    person, mask = resized(cut_out.image), resized(cut_out.mask)
    if rng.random() < 0.35:
        person = change_clothes(person, rng)
    if rng.random() < 0.2:
        both = np.dstack((person, mask)), np.dstack((resized(other.image), resized(other.mask)))
        mixed = exchange_lower_body(*both, rng)
        person, mask = mixed[..., :3], mixed[..., 3]
    person = jitter_colour(np.ascontiguousarray(person), rng, 0.6)
    left, top = int(MARGIN[0] * width), int(MARGIN[1] * height)
    image = _part_of(background, (width + 2 * left, height + 2 * top), rng)
    inside = np.s_[top : top + height, left : left + width]
    alpha = mask[..., None].astype(np.float32) / 255.0
    image[inside] = (person * alpha + image[inside] * (1.0 - alpha)).astype(np.uint8)
    return Window(image, np.array([left, top, left + width, top + height], np.float32))


def _part_of(
    background: NDArray[np.uint8], size: tuple[int, int], rng: Generator
) -> NDArray[np.uint8]:
    """Return a random part of an image, scaled to (width, height), with changed colours."""
    limits = background.shape[1::-1]
    scale = max(rng.uniform(0.3, 1.5), *(1.02 * s / limit for s, limit in zip(size, limits)))
    w, h = (max(1, int(s / scale)) for s in size)
    x, y = (int(rng.integers(limit - s + 1)) for s, limit in zip((w, h), limits))
    part = cv2.resize(background[y : y + h, x : x + w], size, interpolation=cv2.INTER_AREA)
    return jitter_colour(part, rng, 0.7)
