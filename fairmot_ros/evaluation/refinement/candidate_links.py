# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Candidate links: pairs of tracklets of which one may continue the other."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.evaluation.refinement.tracklets import Tracklets

Indices = NDArray[np.int64]
#: Number of pairs in a block above which it ends; bounds the memory, to some 100 MB.
BLOCK = 500_000


def candidate_links(
    tracklets: Tracklets, max_gap: float, block: int = BLOCK
) -> Iterator[tuple[Indices, Indices]]:
    """Yield pairs (earlier, later) where the later tracklet starts after the earlier one ended.

    The search uses the order of the starts, so its time grows with the number of pairs.

    Args:
        tracklets: the tracklets, in the order of their starts.
        max_gap: largest time from the end to the start, in seconds.
        block: number of pairs above which a block ends.

    Yields:
        int64 [P] indices of the earlier and of the later tracklets, which have the same class, for
        blocks of earlier tracklets.
    """
    low = np.searchsorted(tracklets.starts, tracklets.ends, side='right')
    high = np.searchsorted(tracklets.starts, tracklets.ends + max_gap, side='right')
    counts = np.maximum(high - low, 0)
    number = np.cumsum(counts) // block  # of the block of each earlier tracklet
    for own in np.split(np.arange(len(tracklets)), np.flatnonzero(np.diff(number)) + 1):
        earlier = np.repeat(own, counts[own])
        before = np.repeat(np.cumsum(counts[own]) - counts[own], counts[own])
        later = low[earlier] + np.arange(len(earlier)) - before
        same = tracklets.classes[earlier] == tracklets.classes[later]
        if same.any():
            yield earlier[same], later[same]
