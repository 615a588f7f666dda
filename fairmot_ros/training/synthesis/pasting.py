# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Pasting of cut-out people and distractors into a sample, from the back to the front."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from fairmot_ros.training.config import ComposerOptions
from fairmot_ros.training.data.cut_outs import CutOut
from fairmot_ros.training.data.sample import Sample
from fairmot_ros.training.synthesis import distractors
from fairmot_ros.training.synthesis.photometric import jitter_colour

#: Values of the owner map, which otherwise holds the rows of pasted people.
IMAGE_OWNER, DISTRACTOR_OWNER = -1, -2


class Paster:
    """Pastes people and distractors, and updates the labels of the people they cover."""

    def __init__(
        self, cut_outs: list[CutOut], textures: list[NDArray[np.uint8]], options: ComposerOptions
    ) -> None:
        """Create the paster.

        Args:
            cut_outs: people to paste.
            textures: images that distractors are filled with.
            options: options of composed samples.
        """
        self.cut_outs, self.textures, self.options = cut_outs, textures, options

    def paste_people(self, sample: Sample, count: int, rng: Generator) -> None:
        """Paste `count` people, with distractors in between, into a sample in place.

        Occluded people may lose their label, see `Sample.keep_visible`.
        """
        o = self.options
        base_height = log_uniform(rng, o.person_height[0], 0.8 * o.person_height[1])
        owner = np.full((o.height, o.width), IMAGE_OWNER, np.int32)
        labelled = len(sample.boxes_xyxy)
        boxes = [sample.boxes_xyxy]
        identities = [sample.identities]
        mask_areas = []
        feet = np.sort(rng.uniform(0.15 * o.height, 1.15 * o.height, size=count))
        group_x = rng.uniform(0, o.width)
        for row, foot in enumerate(feet):
            self._paste_distractor(sample.image, owner, rng)
            perspective = 0.6 + 0.8 * foot / o.height
            height = base_height * perspective * rng.uniform(0.88, 1.12)
            cut_out = self.cut_outs[rng.integers(len(self.cut_outs))]
            patch, mask = _random_appearance(cut_out, height, rng)
            if rng.random() < 0.3:  # people walk in groups
                x = group_x + rng.normal(0.0, 0.5 * height)
            else:
                x = rng.uniform(0, o.width)
            left, top = round(x - patch.shape[1] / 2), round(foot - patch.shape[0])
            if o.hard_distractors and rng.random() < 0.5:
                distractors.cast_shadow(sample.image, mask, left, top, rng)
            mask_areas.append(_paste(sample.image, owner, patch, mask, left, top, row))
            boxes.append(
                np.array([[left, top, left + patch.shape[1], top + patch.shape[0]]], np.float32)
            )
            identities.append(np.array([cut_out.identity], np.int64))
        self._paste_distractor(sample.image, owner, rng)
        sample.boxes_xyxy = np.concatenate(boxes)
        sample.identities = np.concatenate(identities)
        visible = np.ones(len(sample.boxes_xyxy))
        for row, area in enumerate(mask_areas):
            visible[labelled + row] = np.count_nonzero(owner == row) / max(area, 1)
        for row, (x0, y0, x1, y1) in enumerate(sample.boxes_xyxy[:labelled].clip(0).astype(int)):
            covered = owner[y0:y1, x0:x1]
            visible[row] = np.mean(covered == IMAGE_OWNER) if covered.size else 0.0
        sample.keep_visible(visible, o.min_visible)

    def _paste_distractor(self, image: NDArray, owner: NDArray, rng: Generator) -> None:
        """Paste a distractor with the configured probability.

        Without distractors, the network would learn that pasted edges and upright shapes are
        people.
        """
        if rng.random() > self.options.max_distractors / 12:
            return
        mask = self._distractor_mask(rng)
        height, width = mask.shape
        texture = self.textures[rng.integers(len(self.textures))]
        y = int(rng.integers(0, max(texture.shape[0] - height, 1)))
        x = int(rng.integers(0, max(texture.shape[1] - width, 1)))
        patch = jitter_colour(texture[y : y + height, x : x + width], rng)
        height, width = patch.shape[:2]
        left = int(rng.uniform(-0.5 * width, self.options.width - 0.5 * width))
        top = int(rng.uniform(-0.5 * height, self.options.height - 0.5 * height))
        _paste(image, owner, patch, mask[:height, :width], left, top, DISTRACTOR_OWNER)

    def _distractor_mask(self, rng: Generator) -> NDArray[np.uint8]:
        height = int(rng.uniform(10, 0.8 * self.options.height))
        width = max(3, int(height * np.exp(rng.uniform(np.log(0.03), np.log(0.8)))))
        shapes = [distractors.rectangle, distractors.disc]
        if self.options.hard_distractors:
            shapes += [distractors.sign_post, distractors.sign_post]
            if rng.random() < 0.3:
                person = self.cut_outs[rng.integers(len(self.cut_outs))].mask
                return distractors.silhouette(height, person)
        return shapes[rng.integers(len(shapes))](height, width, rng)


def log_uniform(rng: Generator, low: float, high: float) -> float:
    """Draw a number whose logarithm is uniformly distributed."""
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def _random_appearance(
    cut_out: CutOut, height: float, rng: Generator
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return image and mask at about this height, with random aspect, side and light."""
    vertical = rng.uniform(0.82, 1.05)  # foreshortening by an elevated camera
    horizontal = rng.uniform(0.72, 1.05)  # people seen from the side are narrower
    scale = height / cut_out.mask.shape[0]
    size = (
        max(4, round(cut_out.mask.shape[1] * scale * horizontal)),
        max(8, round(height * vertical)),
    )
    patch = cv2.resize(cut_out.image, size, interpolation=cv2.INTER_AREA)
    mask = cv2.resize(cut_out.mask, size, interpolation=cv2.INTER_AREA)
    if rng.random() < 0.5:
        patch, mask = patch[:, ::-1], mask[:, ::-1]
    return jitter_colour(np.ascontiguousarray(patch), rng, 0.6), mask


def _paste(
    image: NDArray, owner: NDArray, patch: NDArray, mask: NDArray, left: int, top: int, value: int
) -> int:
    """Blend a patch into the image, and write `value` to `owner` where its mask is set.

    Returns:
        The area of the whole mask in pixels, including parts outside the image.
    """
    height, width = image.shape[:2]
    x0, y0 = max(left, 0), max(top, 0)
    x1, y1 = min(left + patch.shape[1], width), min(top + patch.shape[0], height)
    mask_area = int(np.count_nonzero(mask > 127))
    if x1 <= x0 or y1 <= y0:
        return mask_area
    inside = np.s_[y0 - top : y1 - top, x0 - left : x1 - left]
    region = np.s_[y0:y1, x0:x1]
    alpha = mask[inside].astype(np.float32)[..., None] / 255.0
    blended = patch[inside] * alpha + image[region] * (1.0 - alpha)
    image[region] = blended.astype(np.uint8)
    owner[region][mask[inside] > 127] = value
    return mask_area
