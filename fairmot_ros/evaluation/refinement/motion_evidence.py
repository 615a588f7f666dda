# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Evidence of a link from motion: is the later tracklet where the earlier one was going?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.evaluation.refinement.candidate_links import Indices
from fairmot_ros.evaluation.refinement.tracklets import Tracklets

#: Standard deviation of the horizontal and vertical position of the same person at a gap of zero,
#: in box heights, and its growth per second. People walk sideways more than towards the camera.
POSITION_NOISE, POSITION_GROWTH = np.array([0.15, 0.15]), np.array([0.45, 0.12])
#: Standard deviation of the logarithm of the height ratio, and its growth per second.
HEIGHT_NOISE, HEIGHT_GROWTH = 0.15, 0.15
#: Standard deviation of the same for different people.
HEIGHT_SPREAD = 0.5
#: Time constant, in seconds, of the decay of the velocity during a gap.
VELOCITY_DECAY = 1.0


def motion_evidence(
    tracklets: Tracklets, earlier: Indices, later: Indices, spread: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the log-likelihood ratio [P] of links: same person to different people.

    Both tracklets are extrapolated into the gap, the earlier one forwards and the later one
    backwards, with decaying velocities. For the same person, the mean of the two errors is
    normally distributed, with a standard deviation that grows with the gap; for different people,
    positions differ as much as those of any two boxes of the recording. A change of the height
    counts against a link, but an equal height not for it: people at the same place in the image
    are equally tall.

    Args:
        tracklets: the tracklets.
        earlier: int64 [P], indices of the earlier tracklets.
        later: int64 [P], indices of the later tracklets.
        spread: float64 [2], standard deviation in pixels, horizontally and vertically, of the
            centres of all boxes.
    """
    gaps = (tracklets.starts[later] - tracklets.ends[earlier])[:, None]
    end, start = tracklets.last_boxes[earlier], tracklets.first_boxes[later]
    velocities = (tracklets.last_velocities[earlier] + tracklets.first_velocities[later]) / 2
    travelled = velocities * (VELOCITY_DECAY * -np.expm1(-gaps / VELOCITY_DECAY))
    heights = np.maximum(np.stack((end[:, 3], start[:, 3]), axis=1), 1.0)
    scale = np.sqrt(heights.prod(axis=1, keepdims=True))
    moved = start[:, :2] - end[:, :2]
    same = np.hypot(POSITION_NOISE, POSITION_GROWTH * gaps)
    other = np.maximum(np.sqrt(2) * spread / scale, same)
    position = _log_ratio((moved - travelled) / scale, same, moved / scale, other).sum(axis=1)
    change = np.log(heights[:, 1:] / heights[:, :1])
    deviation = np.hypot(HEIGHT_NOISE, HEIGHT_GROWTH * gaps)
    height = _log_ratio(change, deviation, change, np.maximum(HEIGHT_SPREAD, deviation))[:, 0]
    total: NDArray[np.float64] = position + np.minimum(height, 0.0)
    return total


def _log_ratio(
    error: NDArray[np.float64],
    deviation: NDArray[np.float64],
    other_error: NDArray[np.float64],
    other_deviation: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the logarithm of the ratio of two normal densities."""
    return (
        0.5 * ((other_error / other_deviation) ** 2 - (error / deviation) ** 2)
        + np.log(other_deviation)
        - np.log(deviation)
    )
