# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Composition of random samples: windows of images, with cut-outs of people pasted in."""

from __future__ import annotations

import itertools

import numpy as np
from numpy.random import Generator

from fairmot_ros.training.config import ComposerOptions
from fairmot_ros.training.data.cut_outs import CutOut
from fairmot_ros.training.data.labelled_image import LabelledImage
from fairmot_ros.training.data.sample import Sample, crop_window, no_boxes
from fairmot_ros.training.synthesis.pasting import Paster, log_uniform
from fairmot_ros.training.synthesis.photometric import degrade, jitter_colour

MOSAIC_GRIDS = ((2, 1), (2, 2), (3, 1), (3, 2))  # (columns, rows)
MOSAIC_MIN_VISIBLE = 0.6  # visible share of a box that ensures that its centre is visible
MAX_TEXTURES = 96  # background images that are kept in memory, as textures of distractors


class SampleComposer:
    """Composes random samples from labelled images and cut-outs."""

    def __init__(
        self, images: list[LabelledImage], cut_outs: list[CutOut], options: ComposerOptions
    ) -> None:
        self.images_with_people = [i for i in images if len(i.boxes_xyxy)]
        self.backgrounds = [i for i in images if not len(i.boxes_xyxy) + len(i.ignored_xyxy)]
        self.cut_outs = cut_outs
        self.options = options
        step = max(1, len(self.backgrounds) // MAX_TEXTURES)
        textures = [i.load().image for i in self.backgrounds[::step]]
        self._paster = Paster(cut_outs, textures, options)

    def __call__(self, rng: Generator) -> Sample:
        """Return a random sample of the configured size.

        Raises:
            DataError: if a chosen image cannot be read.
        """
        options = self.options
        if rng.random() < options.background_share:
            sample = self._background(rng)
            count = int(rng.integers(0, options.max_pasted + 1))
        else:
            sample = self._mosaic(rng)
            count = int(rng.integers(1, 4)) if rng.random() < options.paste_on_people else 0
        sample.image = jitter_colour(sample.image, rng, 0.7)
        self._paster.paste_people(sample, count, rng)
        if rng.random() < 0.5:
            sample.flip()
        sample.image = degrade(jitter_colour(sample.image, rng, 0.5), rng)
        return sample

    def _background(self, rng: Generator) -> Sample:
        """Return a random window of an image without people."""
        sample = self.backgrounds[rng.integers(len(self.backgrounds))].load()
        height, width = sample.image.shape[:2]
        o = self.options
        share = rng.uniform(0.35, 1.0)
        scale = max(o.width / (width * share), o.height / (height * share))
        left = rng.uniform(0, max(width - o.width / scale, 0))
        top = rng.uniform(0, max(height - o.height / scale, 0))
        return crop_window(sample, left, top, (scale, scale), (o.width, o.height), o.min_visible)

    def _mosaic(self, rng: Generator) -> Sample:
        """Return a window on people, or a grid of smaller windows."""
        o = self.options
        if rng.random() >= o.mosaic_share:
            return self._window_on_people(rng, (o.width, o.height), o.min_visible)
        columns, rows = MOSAIC_GRIDS[rng.integers(len(MOSAIC_GRIDS))]
        x = np.linspace(0, o.width, columns + 1).astype(int)
        y = np.linspace(0, o.height, rows + 1).astype(int)
        image = np.empty((o.height, o.width, 3), np.uint8)
        sample = Sample(image, no_boxes(), np.zeros(0, np.int64))
        for left, right in itertools.pairwise(x):
            for top, bottom in itertools.pairwise(y):
                # The centre of a box cut in half would lie in another window.
                size = (right - left, bottom - top)
                window = self._window_on_people(rng, size, MOSAIC_MIN_VISIBLE)
                sample.paste(window, left, top)
        return sample

    def _window_on_people(
        self, rng: Generator, size: tuple[int, int], min_visible: float
    ) -> Sample:
        """Return a window of (width, height) around a random person, scaled to a random height."""
        o = self.options
        width, height = size
        image = self.images_with_people[rng.integers(len(self.images_with_people))]
        sample = image.load()
        image_height, image_width = sample.image.shape[:2]
        x0, y0, x1, y1 = sample.boxes_xyxy[rng.integers(len(sample.boxes_xyxy))]
        target = log_uniform(rng, *o.person_height) * (height / o.height) ** 0.5
        # The image should fill most of the window, however small its people become.
        fill = rng.uniform(0.7, 1.0)
        vertical = max(target / max(y1 - y0, 4.0), fill * height / image_height)
        aspect = rng.uniform(*image.aspect_range) * rng.uniform(0.9, 1.1)
        vertical = min(max(vertical, fill * width / (image_width * aspect)), 2.5)
        horizontal = vertical * aspect
        position = rng.uniform(0.1, 0.9, size=2)  # of the person in the window
        left = (x0 + x1) / 2 - position[0] * width / horizontal
        top = (y0 + y1) / 2 - position[1] * height / vertical
        left = _clamp_start(left, image_width - width / horizontal)
        top = _clamp_start(top, image_height - height / vertical)
        return crop_window(sample, left, top, (horizontal, vertical), size, min_visible)


def _clamp_start(start: float, limit: float) -> float:
    """Clamp the start of a window to 0..limit; centre a window larger than the image."""
    return min(max(start, 0.0), limit) if limit >= 0 else limit / 2
