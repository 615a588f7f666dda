# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tracklets: the tracks of a finished recording, summarised by their two ends."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.evaluation.mot.text_format import (
    CLASS,
    FRAME,
    HEIGHT,
    ID,
    LEFT,
    MARK,
    TOP,
    WIDTH,
    MotArray,
)

#: Seconds of a track, at each end, to which its velocity there is fitted.
VELOCITY_WINDOW = 0.7
#: Strength with which fitted velocities are drawn to zero, as seconds of a person standing still.
VELOCITY_PRIOR = 0.15


@dataclass(frozen=True, eq=False)
class Tracklets:
    """Tracks in the order of their first frame; tracks that start together by their first box.

    The order depends on the boxes alone, not on the ids or the order of the rows.

    Attributes:
        ids: int64 [T], track ids.
        classes: float64 [T], class column of the first row.
        starts: float64 [T], stamps of the first boxes in seconds.
        ends: float64 [T], stamps of the last boxes.
        first_boxes: float64 [T, 4], centre x, centre y, width, height.
        last_boxes: float64 [T, 4], of the last boxes.
        first_velocities: float64 [T, 2], of the centre at the start, in pixels per second.
        last_velocities: float64 [T, 2], at the end.
    """

    ids: NDArray[np.int64]
    classes: NDArray[np.float64]
    starts: NDArray[np.float64]
    ends: NDArray[np.float64]
    first_boxes: NDArray[np.float64]
    last_boxes: NDArray[np.float64]
    first_velocities: NDArray[np.float64]
    last_velocities: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.ids)


def tracks_of(rows: MotArray) -> list[MotArray]:
    """Split rows by track; each track is ordered by frame, the tracks by their first row."""
    ordered = rows[np.lexsort((rows[:, FRAME], rows[:, ID]))]
    tracks = np.split(ordered, np.flatnonzero(np.diff(ordered[:, ID])) + 1)
    without_id = [FRAME, LEFT, TOP, WIDTH, HEIGHT, MARK]
    return sorted(tracks, key=lambda track: (*track[0, without_id], *track[-1, without_id]))


def make_tracklets(tracks: list[MotArray], stamps: NDArray[np.float64]) -> Tracklets:
    """Summarise tracks.

    Args:
        tracks: at least one, as returned by `tracks_of`.
        stamps: [F], stamps of frames 1, 2, ... in seconds.
    """
    first = np.array([track[0] for track in tracks])
    last = np.array([track[-1] for track in tracks])
    velocities = np.array([_end_velocities(track, stamps) for track in tracks])
    return Tracklets(
        first[:, ID].astype(np.int64),
        first[:, CLASS] if first.shape[1] > CLASS else np.full(len(tracks), -1.0),
        stamps[first[:, FRAME].astype(np.int64) - 1],
        stamps[last[:, FRAME].astype(np.int64) - 1],
        centred(first),
        centred(last),
        velocities[:, 0],
        velocities[:, 1],
    )


def centred(rows: MotArray) -> NDArray[np.float64]:
    """Return the boxes [N, 4] of rows as centre x, centre y, width, height."""
    boxes = rows[:, LEFT : HEIGHT + 1].copy()
    boxes[:, :2] += boxes[:, 2:] / 2
    return boxes


def _end_velocities(track: MotArray, stamps: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the velocity [2, 2] of the centre at the start and at the end of a track."""
    times = stamps[track[:, FRAME].astype(np.int64) - 1]
    near_start = times <= times[0] + VELOCITY_WINDOW
    near_end = times >= times[-1] - VELOCITY_WINDOW
    return np.array(
        [_velocity(times[k], centred(track[k])[:, :2]) for k in (near_start, near_end)]
    )


def _velocity(times: NDArray[np.float64], points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Fit a velocity [2] to points [N, 2] by ridge regression, which is zero for one point."""
    offsets = times - times.mean()
    ridge = VELOCITY_PRIOR**2 * len(times)
    slope: NDArray[np.float64] = (
        offsets @ (points - points.mean(axis=0)) / (offsets @ offsets + ridge)
    )
    return slope
