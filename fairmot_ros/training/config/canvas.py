# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Options of canvases: the section `canvas` of a training file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CanvasOptions:
    """Options of canvases.

    Attributes:
        bank: folder of the person bank, see `fairmot-person-bank`.
        width: width of a canvas in pixels, a multiple of 32.
        height: height of a canvas in pixels, a multiple of 32.
        small: range of the height of people in a row of small people, pixels.
        large: range of the height of people in a row of large people, pixels.
        large_share: share of the rows with large people.
        repeat_share: share of the people that are drawn a second time, at another size.
        track_share: share of the people that are drawn from the tracks of the bank, as two
            windows of one person; without effect on a bank without tracks.
        min_visible: people with a smaller share of their box inside their tile get no label.
        box_noise: standard deviation of the sides of a box, as a share of its width and height.
    """

    bank: str
    width: int = 384
    height: int = 320
    small: tuple[float, float] = (34.0, 140.0)
    large: tuple[float, float] = (100.0, 340.0)
    large_share: float = 0.25
    repeat_share: float = 0.35
    track_share: float = 0.2
    min_visible: float = 0.55
    box_noise: float = 0.06

    def __post_init__(self) -> None:
        if self.width % 32 or self.height % 32 or min(self.width, self.height) < 32:
            raise ValueError(
                f'width and height must be multiples of 32, got {self.width} x {self.height}'
            )
