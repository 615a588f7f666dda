# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Random windows of people for a bank, and their embedding by a teacher."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from fairmot_ros.training.data.dataset_mix import DatasetMix
from fairmot_ros.training.data.labelled_image import LabelledImage
from fairmot_ros.training.data.problems import DataError
from fairmot_ros.training.distillation.person_bank.appearance import (
    change_clothes,
    exchange_lower_body,
)
from fairmot_ros.training.distillation.person_bank.bank import PATTERN, BankEntry, write_entries
from fairmot_ros.training.distillation.person_bank.windows import (
    MAX_HEIGHT,
    Window,
    crop_person,
    paste_on_background,
)
from fairmot_ros.training.synthesis.photometric import jitter_colour

#: Minimum (width, height) of a box in pixels; a teacher cannot embed smaller people reliably.
MIN_BOX_SIZE = (12.0, 40.0)
CUT_OUT_SHARE = 0.4  # share of the windows that show cut-outs, if there are any
CLOTHES_SHARE = 0.4  # share of the people in images whose clothes are recoloured
EXCHANGE_SHARE = 0.15  # share of the people in images whose lower body is exchanged
LIGHT_SHARE = 0.8  # share of all windows whose light and colours are changed
MAX_CACHED_IMAGES = 256

#: A teacher: called with an image and a box (left, top, right, bottom); returns an embedding [T].
Embed = Callable[[NDArray[np.uint8], NDArray[np.float32]], NDArray[np.float32]]


class WindowSampler:
    """Draws random people from images and cut-outs, and changes their appearance."""

    def __init__(self, mix: DatasetMix) -> None:
        """Collect the people and the backgrounds of a mix.

        Raises:
            DataError: if no person is large enough.
        """
        self.mix = mix
        self.people = [(image, row) for image in mix.images for row in large_boxes(image)]
        self.backgrounds = [i for i in mix.images if not len(i.boxes_xyxy) + len(i.ignored_xyxy)]
        self._cut_out_share = CUT_OUT_SHARE if mix.cut_outs and self.backgrounds else 0.0
        if not self.people and not self._cut_out_share:
            raise DataError(f'no set holds people of {MIN_BOX_SIZE[1]:g} pixels or taller')
        self._images: dict[Path, NDArray[np.uint8]] = {}

    def __call__(self, rng: Generator) -> tuple[Window, str]:
        """Return a random window and the folder of its dataset."""
        if not self.people or rng.random() < self._cut_out_share:
            window, source = self._from_cut_outs(rng)
        else:
            window, source = self._from_image(rng)
            number = rng.random()
            if number < CLOTHES_SHARE:
                window = window.with_person(change_clothes(window.person(), rng))
            elif number < CLOTHES_SHARE + EXCHANGE_SHARE:
                other, _ = self._from_image(rng)
                window = window.with_person(
                    exchange_lower_body(window.person(), other.person(), rng)
                )
        if rng.random() < LIGHT_SHARE:
            window = Window(jitter_colour(window.image, rng), window.box_xyxy)
        return (window.flipped() if rng.random() < 0.5 else window), source

    def _from_image(self, rng: Generator) -> tuple[Window, str]:
        image, row = self.people[rng.integers(len(self.people))]
        aspect = rng.uniform(*image.aspect_range) * rng.uniform(0.95, 1.05)
        window = crop_person(self._read(image), image.boxes_xyxy[row], aspect, MAX_HEIGHT)
        return window, _dataset_folder(image.path)

    def _from_cut_outs(self, rng: Generator) -> tuple[Window, str]:
        first, second = (self.mix.cut_outs[rng.integers(len(self.mix.cut_outs))] for _ in range(2))
        background = self.backgrounds[rng.integers(len(self.backgrounds))]
        return paste_on_background(first, second, self._read(background), rng), 'cut-outs'

    def _read(self, image: LabelledImage) -> NDArray[np.uint8]:
        if image.path not in self._images:
            if len(self._images) >= MAX_CACHED_IMAGES:
                del self._images[next(iter(self._images))]
            self._images[image.path] = image.load().image
        return self._images[image.path]


def write_random_windows(
    sampler: WindowSampler, embed: Embed, folder: Path, count: int, per_file: int, seed: int
) -> Iterator[int]:
    """Write the files of a bank; existing files are kept, so that an interrupted run resumes.

    Args:
        sampler: draws the windows.
        embed: teacher.
        folder: folder to write to.
        count: number of windows.
        per_file: windows per file.
        seed: seed of all random numbers.

    Yields:
        The number of windows written so far, after each file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for start in range(0, count, per_file):
        end = min(start + per_file, count)
        path = folder / PATTERN.replace('*', f'{seed}_{start:07d}_{end - start}')
        if not path.is_file():
            write_entries(
                path, [make_entry(sampler, embed, (seed, row)) for row in range(start, end)]
            )
        yield end


def make_entry(sampler: WindowSampler, embed: Embed, seed: tuple[int, int]) -> BankEntry:
    """Return a random window with its embedding; equal seeds give equal windows."""
    window, source = sampler(np.random.default_rng(seed))
    return BankEntry(window, embed(window.image, window.box_xyxy), source)


def large_boxes(image: LabelledImage) -> list[int]:
    """Return the rows of the boxes that are at least as large as MIN_BOX_SIZE."""
    sides = image.boxes_xyxy[:, 2:] - image.boxes_xyxy[:, :2]
    return np.flatnonzero((sides >= MIN_BOX_SIZE).all(axis=1)).tolist()


def _dataset_folder(path: Path) -> str:
    """Return the name of the dataset's folder that contains an image."""
    return path.parent.parent.name if path.parent.name == 'images' else path.parent.name
