# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Selection of the frames of a source: a part of its time, and every n-th frame of that."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

#: Tolerance of times in seconds, for times computed from frame numbers.
TOLERANCE = 1e-6


@dataclass(frozen=True)
class Selection:
    """Frames to use.

    Attributes:
        start: time of the first frame to use, in seconds from the first frame of the source.
        seconds: length of the part to use; 0 for the rest of the source.
        every: use every n-th frame of that part, beginning with its first one.

    Raises:
        ValueError: if a value is out of range.

    Examples:
        >>> part = Selection(start=1.0, seconds=2.0, every=2)
        >>> list(part.choices([0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0]))
        [False, False, True, False, True, False, False]
    """

    start: float = 0.0
    seconds: float = 0.0
    every: int = 1

    def __post_init__(self) -> None:
        for name in ('start', 'seconds'):
            value = getattr(self, name)
            if not 0 <= value < math.inf:
                raise ValueError(f'{name} must be a number of seconds of at least 0, got {value}')
        if self.every < 1:
            raise ValueError(f'every must be at least 1, got {self.every}')

    @property
    def end(self) -> float:
        """Time from which on no frame is used, in seconds from the first frame."""
        return self.start + self.seconds if self.seconds else math.inf

    def is_past(self, time: float) -> bool:
        """Return whether a time, in seconds from the first frame, is behind the part to use."""
        return time >= self.end - TOLERANCE

    def choices(self, times: Iterable[float]) -> Iterator[bool]:
        """Yield for each frame whether to use it.

        Args:
            times: time of each frame in seconds from the first one.
        """
        position = 0
        for time in times:
            inside = time >= self.start - TOLERANCE and not self.is_past(time)
            yield inside and position % self.every == 0
            position += inside
