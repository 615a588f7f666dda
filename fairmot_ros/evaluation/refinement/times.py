# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Times of frames that always increase, as the refinement needs them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

#: Seconds that pass where time goes back, so that nothing is merged or filled across it.
JUMP = 1e6


def increasing_times(
    stamps: NDArray[np.float64], processed: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return times [F] that increase from frame to frame.

    Between processed frames, the differences are those of the stamps, and `JUMP` where time goes
    back, because a bag loops or a clock was set. Other frames, such as those that were skipped
    because they came out of order, are spread between them.

    Args:
        stamps: [F], stamps in seconds.
        processed: bool [F], whether each frame was tracked.
    """
    frames = np.flatnonzero(processed)
    if not len(frames):
        return np.arange(len(stamps), dtype=np.float64)
    steps = np.diff(stamps[frames])
    times = stamps[frames[0]] + np.append(0.0, np.cumsum(np.where(steps > 0, steps, JUMP)))
    every = np.arange(len(stamps), dtype=np.float64)
    before = times[0] - (frames[0] - every[: frames[0]])
    after = times[-1] + (every[frames[-1] + 1 :] - frames[-1])
    between = np.interp(every[frames[0] : frames[-1] + 1], frames, times)
    return np.concatenate((before, between, after))
