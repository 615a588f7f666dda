"""Frames of a bag: its images in order, found again by their stamps."""

from __future__ import annotations

import struct

import numpy as np
from numpy.typing import ArrayLike, NDArray

TOLERANCE = 1_000_000  # nanoseconds: tools that keep seconds as floating point round stamps
_CDR_STAMP = {0: struct.Struct('>4xiI'), 1: struct.Struct('<4xiI')}  # by the second byte


def header_stamp(data: bytes) -> int:
    """Return the stamp of a serialised message that begins with a header, in nanoseconds."""
    seconds, nanoseconds = _CDR_STAMP[data[1] & 1].unpack_from(data)
    return seconds * 1_000_000_000 + nanoseconds


class FrameIndex:
    """Numbers images from 1 on, in the order of the bag.

    Attributes:
        stamps: int64 [N], nanoseconds; no two are equal.
        positions: int64 [N], which message each image is, from 1 on.
    """

    def __init__(self, stamps: ArrayLike, positions: ArrayLike | None = None) -> None:
        """Take the stamps of the images; one that comes again is the same image.

        Args:
            stamps: of the messages, nanoseconds.
            positions: of the messages in their topic; 1, 2, ... if None.
        """
        given = np.asarray(stamps, dtype=np.int64).reshape(-1)
        _, first = np.unique(given, return_index=True)
        first.sort()
        self.stamps: NDArray[np.int64] = given[first]
        every = np.arange(1, len(given) + 1) if positions is None else np.asarray(positions)
        self.positions: NDArray[np.int64] = every[first]
        self._order = np.argsort(self.stamps)
        self._sorted = self.stamps[self._order]

    def __len__(self) -> int:
        return len(self.stamps)

    def numbers(self, stamps: ArrayLike) -> NDArray[np.int64]:
        """Return the number of the image with each stamp, 0 where there is none."""
        wanted = np.asarray(stamps, dtype=np.int64).reshape(-1)
        if not len(self) or not len(wanted):
            return np.zeros(len(wanted), np.int64)
        right = np.searchsorted(self._sorted, wanted).clip(0, len(self) - 1)
        left = (right - 1).clip(0)
        nearer_left = abs(self._sorted[left] - wanted) < abs(self._sorted[right] - wanted)
        nearest = np.where(nearer_left, left, right)
        close = abs(self._sorted[nearest] - wanted) <= TOLERANCE
        return np.where(close, self._order[nearest] + 1, 0)

    @property
    def span(self) -> tuple[float, float]:
        """First and last stamp in seconds."""
        return self._sorted[0] * 1e-9, self._sorted[-1] * 1e-9

    @property
    def rate(self) -> float:
        """Images per second, by the median of their distances; 0 for fewer than two."""
        if len(self) < 2:
            return 0.0
        return 1e9 / float(np.median(np.diff(self._sorted)))
