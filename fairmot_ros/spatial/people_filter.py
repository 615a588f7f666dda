# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The positions of a camera's people, filtered in a fixed frame."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.spatial.located import LocatedPerson
from fairmot_ros.spatial.position_filter import PositionFilter
from fairmot_ros.spatial.transforms import Transform
from fairmot_ros.types import Tracks

Array = NDArray[np.float64]

#: Standard deviation, in metres, up to which a predicted position is published.
MAX_DEVIATION = 1.0


class PeopleFilter:
    """Filters positions by track; a lost track keeps its position, which is predicted."""

    def __init__(self) -> None:
        """Create a filter without tracks."""
        self._filter = PositionFilter()
        self._sizes: dict[int, Array] = {}

    def reset(self) -> None:
        """Drop all people."""
        self._filter.reset()
        self._sizes.clear()

    def update(
        self,
        stamp: float,
        visible: Tracks,
        lost: Tracks,
        centres: Array,
        covariances: Array,
        sizes: Array,
        pose: Transform | None,
    ) -> list[LocatedPerson]:
        """Return the people whose position is known, those of lost tracks last.

        Args:
            stamp: of the frame, seconds, greater than the last one.
            visible: the N tracks seen in this frame.
            lost: tracks that were not; all others are dropped.
            centres: [N, 3] metres in the frame of the camera, NaN where unknown.
            covariances: [N, 3, 3] of them.
            sizes: [N, 2] metres, width and height.
            pose: from the frame of the camera to the one of the filter; None if it is not known:
                then nothing is measured.
        """
        count = len(visible) + len(lost)
        positions, noise = np.full((count, 3), np.nan), np.full((count, 3, 3), np.nan)
        if pose is not None:
            positions[: len(visible)] = pose.apply(centres)
            noise[: len(visible)] = pose.rotate(covariances)
        ids = np.concatenate((visible.ids, lost.ids))
        estimates = self._filter.update(stamp, ids, positions, noise)
        measured = np.flatnonzero(estimates.measured)
        self._sizes.update(zip(ids[measured].tolist(), sizes[measured]))
        self._sizes = {i: self._sizes[i] for i in ids.tolist() if i in self._sizes}
        known = estimates.known
        if known.any():
            spreads = np.linalg.eigvalsh(estimates.covariances[known, :3, :3])[:, -1]
            known[known] = estimates.measured[known] | (spreads <= MAX_DEVIATION**2)
        tracks = (*visible, *lost)
        return [
            LocatedPerson(
                tracks[row],
                estimates.means[row, :3],
                estimates.means[row, 3:],
                estimates.covariances[row],
                self._sizes[tracks[row].track_id],
                bool(estimates.measured[row]),
            )
            for row in np.flatnonzero(known).tolist()
        ]
