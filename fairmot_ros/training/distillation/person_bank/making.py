"""Drawing of random windows for a bank, and their embedding by a teacher."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from fairmot_ros.training.data.dataset_mix import Mix
from fairmot_ros.training.data.sources import DataError, Photograph
from fairmot_ros.training.distillation.person_bank.appearance import (
    change_clothes,
    exchange_lower_body,
)
from fairmot_ros.training.distillation.person_bank.bank import PATTERN, BankEntry, write_entries
from fairmot_ros.training.distillation.person_bank.windows import MAX_HEIGHT, Window, cut, pasted
from fairmot_ros.training.synthesis.photometric import jitter_colour

#: Smaller people tell a teacher too little: width and height in pixels.
SMALLEST = (12.0, 40.0)
CUT_OUT_SHARE = 0.4  # of the windows, if there are cut-outs and backgrounds
CLOTHES_SHARE, EXCHANGE_SHARE = 0.4, 0.15  # of the people in images: other clothes, other legs
LIGHT_SHARE = 0.8  # of all windows: other light and colours
CACHED = 256  # images

Embed = Callable[[NDArray[np.uint8], NDArray[np.float32]], NDArray[np.float32]]


class WindowMaker:
    """Draws people from photographs and cut-outs, and changes their appearance."""

    def __init__(self, mix: Mix) -> None:
        """Take the people and backgrounds of a mix.

        Raises:
            DataError: if there is no person of sufficient size.
        """
        self.mix = mix
        self.people = [
            (photograph, row) for photograph in mix.photographs for row in large_enough(photograph)
        ]
        self.backgrounds = [
            p for p in mix.photographs if not len(p.boxes_xyxy) + len(p.ignored_xyxy)
        ]
        self._from_cut_outs = CUT_OUT_SHARE if mix.cut_outs and self.backgrounds else 0.0
        if not self.people and not self._from_cut_outs:
            raise DataError(f'no set holds people of {SMALLEST[1]:g} pixels or taller')
        self._images: dict[Path, NDArray[np.uint8]] = {}

    def __call__(self, rng: Generator) -> tuple[Window, str]:
        """Return a random window, and the name of the set's folder."""
        if not self.people or rng.random() < self._from_cut_outs:
            window, source = self._pasted(rng)
        else:
            window, source = self._from_photograph(rng)
            chance = rng.random()
            if chance < CLOTHES_SHARE:
                window = window.with_person(change_clothes(window.person(), rng))
            elif chance < CLOTHES_SHARE + EXCHANGE_SHARE:
                other, _ = self._from_photograph(rng)
                window = window.with_person(
                    exchange_lower_body(window.person(), other.person(), rng)
                )
        if rng.random() < LIGHT_SHARE:
            window = Window(jitter_colour(window.image, rng), window.box_xyxy)
        return (window.flipped() if rng.random() < 0.5 else window), source

    def _from_photograph(self, rng: Generator) -> tuple[Window, str]:
        photograph, row = self.people[rng.integers(len(self.people))]
        aspect = rng.uniform(*photograph.aspect_range) * rng.uniform(0.95, 1.05)
        window = cut(self._read(photograph), photograph.boxes_xyxy[row], aspect, MAX_HEIGHT)
        return window, _set_of(photograph.path)

    def _pasted(self, rng: Generator) -> tuple[Window, str]:
        first, second = (self.mix.cut_outs[rng.integers(len(self.mix.cut_outs))] for _ in range(2))
        background = self.backgrounds[rng.integers(len(self.backgrounds))]
        return pasted(first, second, self._read(background), rng), 'cut-outs'

    def _read(self, photograph: Photograph) -> NDArray[np.uint8]:
        if photograph.path not in self._images:
            if len(self._images) >= CACHED:
                del self._images[next(iter(self._images))]
            self._images[photograph.path] = photograph.load().image
        return self._images[photograph.path]


def make_bank(
    maker: WindowMaker, embed: Embed, folder: Path, count: int, per_file: int, seed: int
) -> Iterator[int]:
    """Write a bank, file by file; files that are there are kept, so that it can be resumed.

    Args:
        maker: draws the windows.
        embed: the teacher, called with an image and a box (left, top, right, bottom).
        folder: to write to.
        count: of windows.
        per_file: windows in one file.
        seed: of everything random.

    Yields:
        The number of windows so far, after each file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for start in range(0, count, per_file):
        end = min(start + per_file, count)
        path = folder / PATTERN.replace('*', f'{seed}_{start:07d}_{end - start}')
        if not path.is_file():
            write_entries(
                path, [make_entry(maker, embed, (seed, row)) for row in range(start, end)]
            )
        yield end


def make_entry(maker: WindowMaker, embed: Embed, seed: tuple[int, int]) -> BankEntry:
    """Return a random window with its embedding; equal seeds give equal windows."""
    window, source = maker(np.random.default_rng(seed))
    return BankEntry(window, embed(window.image, window.box_xyxy), source)


def large_enough(photograph: Photograph) -> list[int]:
    """Return the rows of the boxes that are large enough for a teacher."""
    sides = photograph.boxes_xyxy[:, 2:] - photograph.boxes_xyxy[:, :2]
    return np.flatnonzero((sides >= SMALLEST).all(axis=1)).tolist()


def _set_of(path: Path) -> str:
    """Return the folder of the set that an image lies in."""
    return path.parent.parent.name if path.parent.name == 'images' else path.parent.name
