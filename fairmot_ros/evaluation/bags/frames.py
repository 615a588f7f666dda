# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Index of the images of a bag by their stamps."""

from __future__ import annotations

import struct

import numpy as np
from numpy.typing import ArrayLike, NDArray

#: Tolerance of stamps in nanoseconds, for tools that round them to floating-point seconds.
TOLERANCE = 1_000_000
_CDR_STAMP = {0: struct.Struct('>4xiI'), 1: struct.Struct('<4xiI')}  # by endianness, byte 1


def header_stamp(data: bytes) -> int:
    """Return the stamp, in nanoseconds, of a serialised message that begins with a header."""
    seconds, nanoseconds = _CDR_STAMP[data[1] & 1].unpack_from(data)
    return seconds * 1_000_000_000 + nanoseconds


def seconds_of(stamp: int) -> float:
    """Convert nanoseconds to seconds, rounded as in the node."""
    seconds, nanoseconds = divmod(stamp, 1_000_000_000)
    return seconds + nanoseconds * 1e-9


class FrameIndex:
    """Images of a bag, numbered from 1 on in the order of the bag.

    Attributes:
        stamps: int64 [N], stamp of each image in nanoseconds, without duplicates.
        positions: int64 [N], position of each image's message in its topic, from 1 on.
    """

    def __init__(self, stamps: ArrayLike, positions: ArrayLike | None = None) -> None:
        """Index images; messages with a repeated stamp are ignored.

        Args:
            stamps: stamp of each message in nanoseconds.
            positions: position of each message in its topic; 1, 2, ... if None.
        """
        given = np.asarray(stamps, dtype=np.int64).reshape(-1)
        _, first = np.unique(given, return_index=True)
        first.sort()
        self.stamps: NDArray[np.int64] = given[first]
        all_positions = (
            np.arange(1, len(given) + 1) if positions is None else np.asarray(positions)
        )
        self.positions: NDArray[np.int64] = all_positions[first]
        self._order = np.argsort(self.stamps)
        self._sorted = self.stamps[self._order]

    def __len__(self) -> int:
        return len(self.stamps)

    def numbers(self, stamps: ArrayLike) -> NDArray[np.int64]:
        """Return the number of the image with each stamp in nanoseconds, 0 if there is none."""
        queried = np.asarray(stamps, dtype=np.int64).reshape(-1)
        if not len(self) or not len(queried):
            return np.zeros(len(queried), np.int64)
        right = np.searchsorted(self._sorted, queried).clip(0, len(self) - 1)
        left = (right - 1).clip(0)
        nearer_left = abs(self._sorted[left] - queried) < abs(self._sorted[right] - queried)
        nearest = np.where(nearer_left, left, right)
        close = abs(self._sorted[nearest] - queried) <= TOLERANCE
        return np.where(close, self._order[nearest] + 1, 0)

    @property
    def span(self) -> tuple[float, float]:
        """First and last stamp in seconds."""
        return self._sorted[0] * 1e-9, self._sorted[-1] * 1e-9

    @property
    def rate(self) -> float:
        """Images per second, from the median interval; 0 for fewer than two images."""
        if len(self) < 2:
            return 0.0
        return 1e9 / float(np.median(np.diff(self._sorted)))
