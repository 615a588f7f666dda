# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Canvases: rows of people from a bank, at random sizes and with degraded quality."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from fairmot_ros.boxes import area
from fairmot_ros.training.config import CanvasOptions
from fairmot_ros.training.data.sample import Sample
from fairmot_ros.training.distillation.person_bank.tiles import degrade, make_tile, occlude
from fairmot_ros.training.distillation.person_bank.windows import Window
from fairmot_ros.training.synthesis.photometric import jitter_colour

Image = NDArray[np.uint8]

MIN_ROW_HEIGHT = 24  # pixels
OCCLUDED_SHARE = 0.12  # share of the people that are occluded by another part of the canvas
WHOLE_BOX_SHARE = 0.3  # share of the boxes that are not clipped to their tile


class CanvasComposer:
    """Composes random canvases."""

    def __init__(
        self,
        window: Callable[[int], Window],
        count: int,
        options: CanvasOptions,
        tracks: Sequence[NDArray[np.int64]] = (),
    ) -> None:
        """Create the composer.

        Args:
            window: returns the window of a row of the bank.
            count: number of windows.
            options: options of the canvases.
            tracks: for each person with several windows, their rows.
        """
        self._window, self._count, self.options = window, count, options
        self._tracks = tracks

    def __call__(self, rng: Generator, max_people: int) -> Sample:
        """Return a canvas; the identities of its objects are the rows of their windows."""
        o = self.options
        canvas = np.full((o.height, o.width, 3), rng.integers(60, 180), np.uint8)
        boxes: list[NDArray[np.float32]] = []
        rows: list[int] = []
        draw = BankSampler(self._count, self._tracks, o)
        top = 0
        while top < o.height - MIN_ROW_HEIGHT and len(boxes) < max_people:
            left_over = o.height - top
            large = rng.random() < o.large_share
            person = min(rng.uniform(*(o.large if large else o.small)), 1.25 * left_over)
            row_height = int(min(left_over, person * rng.uniform(1.0, 1.3)))
            if left_over - row_height < MIN_ROW_HEIGHT:
                row_height = left_over
            self._fill_row(canvas, (top, row_height), person, boxes, rows, draw, rng)
            top += row_height
        boxes, rows = boxes[:max_people], rows[:max_people]
        xyxy = np.array(boxes, np.float32).reshape(-1, 4)
        sample = Sample(canvas, xyxy, np.array(rows, np.int64))
        if rng.random() < 0.5:
            sample.image = jitter_colour(sample.image, rng, 0.35)
        sample.image = degrade(sample.image, rng)
        if rng.random() < 0.5:
            sample.flip()
        sides = np.tile(sample.boxes_xyxy[:, 2:] - sample.boxes_xyxy[:, :2], 2)
        noise = rng.normal(0.0, o.box_noise, sides.shape) * sides
        sample.boxes_xyxy = (sample.boxes_xyxy + noise).astype(np.float32)
        return sample

    def _fill_row(
        self,
        canvas: Image,
        extent: tuple[int, int],
        height: float,
        boxes: list[NDArray[np.float32]],
        rows: list[int],
        draw: BankSampler,
        rng: Generator,
    ) -> None:
        """Fill a row of the canvas, in place, with people of about `height` pixels.

        `extent` is (top, height) of the row. Boxes and bank rows of the people are appended to
        `boxes` and `rows`.
        """
        top, row_height = extent
        x = 0
        while x < canvas.shape[1] - 10:
            row = draw(rng)
            max_size = (canvas.shape[1] - x, row_height)
            tile = make_tile(self._window(row), height * rng.uniform(0.88, 1.1), max_size, rng)
            image = tile.image
            if image.shape[1] < 6:
                break
            if rng.random() < 0.35:
                image = jitter_colour(image, rng, 0.45)
            y = top + (row_height - image.shape[0]) // 2
            canvas[y : y + image.shape[0], x : x + image.shape[1]] = image
            inside = np.array([x, y, x + image.shape[1], y + image.shape[0]], np.float32)
            box = tile.box_xyxy + np.array([x, y, x, y], np.float32)
            visible = np.concatenate(
                (np.maximum(box[:2], inside[:2]), np.minimum(box[2:], inside[2:]))
            )
            if area(visible) > self.options.min_visible * area(box):
                if rng.random() < OCCLUDED_SHARE:
                    occlude(canvas, visible, top + row_height, rng)
                boxes.append(box if rng.random() < WHOLE_BOX_SHARE else visible)
                rows.append(row)
            x += image.shape[1]


class BankSampler:
    """Samples the bank rows of one canvas.

    A drawn window may be drawn once more, or another window of the same track in its place.
    """

    def __init__(
        self, count: int, tracks: Sequence[NDArray[np.int64]], options: CanvasOptions
    ) -> None:
        """Create the sampler.

        Args:
            count: number of windows of the bank.
            tracks: for each person with several windows, their rows.
            options: `repeat_share` and `track_share` are used.
        """
        self._count, self._tracks, self._options = count, tracks, options
        self._repeats: list[int] = []  # rows that may be drawn once more

    def __call__(self, rng: Generator) -> int:
        """Return a row of the bank."""
        if self._repeats and rng.random() < self._options.repeat_share:
            return self._repeats.pop(int(rng.integers(len(self._repeats))))
        if self._tracks and rng.random() < self._options.track_share:
            track = self._tracks[int(rng.integers(len(self._tracks)))]
            row, repeat = rng.choice(track, 2, replace=False).tolist()
        else:
            row = repeat = int(rng.integers(self._count))
        self._repeats.append(repeat)
        return row
