"""Candidate links: pairs of tracklets of which one may continue the other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.evaluation.refinement.tracklets import Tracklets

Indices = NDArray[np.int64]


def candidate_links(tracklets: Tracklets, max_gap: float) -> tuple[Indices, Indices]:
    """Return pairs (earlier, later) where the later tracklet starts after the earlier one ended.

    Args:
        tracklets: the tracklets, in the order of their starts.
        max_gap: largest time from the end to the start, in seconds.

    Returns:
        int64 [P] indices of the earlier and of the later tracklets, which have the same class.
        The search uses the order of the starts, so its time grows with the number of pairs.
    """
    low = np.searchsorted(tracklets.starts, tracklets.ends, side='right')
    high = np.searchsorted(tracklets.starts, tracklets.ends + max_gap, side='right')
    counts = np.maximum(high - low, 0)
    earlier = np.repeat(np.arange(len(tracklets)), counts)
    position = np.arange(len(earlier)) - np.repeat(np.cumsum(counts) - counts, counts)
    later = np.repeat(low, counts) + position
    same = tracklets.classes[earlier] == tracklets.classes[later]
    return earlier[same], later[same]
