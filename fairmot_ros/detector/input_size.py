# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Size of a network's input."""

from __future__ import annotations

from fairmot_ros.network.base import MAX_INPUT_SIDE, SIZE_MULTIPLE, ModelInfo

PUBLISHED_INPUT_SIZE = (1088, 608)

Size = tuple[int, int]


def choose_input_size(size: Size | None, info: ModelInfo) -> Size:
    """Return (width, height): the given size, else the model's, else the published one.

    Raises:
        ValueError: if width or height is no positive multiple of 32, or too large.
    """
    return check_input_size(size or info.input_size or PUBLISHED_INPUT_SIZE)


def check_input_size(size: Size) -> Size:
    """Return (width, height) as integers.

    Raises:
        ValueError: if one is no positive multiple of 32, or above MAX_INPUT_SIDE.
    """
    width, height = int(size[0]), int(size[1])
    m = SIZE_MULTIPLE
    if width < m or height < m or width % m or height % m:
        nearest = [max(m, round(v / m) * m) for v in (width, height)]
        raise ValueError(
            f'input_size must be (width, height) in multiples of {m}, got {show(size)}; '
            f'the nearest is {nearest[0]} x {nearest[1]}'
        )
    if max(width, height) > MAX_INPUT_SIDE:
        raise ValueError(
            f'input_size must be at most {MAX_INPUT_SIDE} pixels a side, got {show(size)}'
        )
    return width, height


def show(size: Size) -> str:
    """Return a size as text: 640 x 480."""
    return f'{size[0]} x {size[1]}'
