# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""How simulated people move: places on the floor over time."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

#: Returns x and y in metres at a time in seconds.
Walk = Callable[[float], tuple[float, float]]

#: Seconds that a person needs to start, stop or turn.
CHANGE = 0.5
STEP = 0.01  # seconds, of the integration


def standing(x: float, y: float) -> Walk:
    """Return the walk of a person who stands."""
    return lambda _: (x, y)


def walk(start: tuple[float, float], *legs: tuple[float, float, float]) -> Walk:
    """Return a walk of several legs.

    Args:
        start: x and y in metres.
        legs: time at which it begins, velocity in x and in y; the velocity changes linearly
            within `CHANGE` seconds. The last one does not end.
    """
    times, velocities = _corners(legs)
    grid = np.arange(0.0, 30.0, STEP)
    speeds = np.column_stack([np.interp(grid, times, v) for v in np.transpose(velocities)])
    places = start + np.vstack((np.zeros(2), np.cumsum(speeds[:-1], axis=0) * STEP))

    def place(seconds: float) -> tuple[float, float]:
        x, y = (float(np.interp(seconds, grid, axis)) for axis in places.T)
        return x, y

    return place


def velocity(path: Walk, seconds: float) -> tuple[float, float]:
    """Return the velocity at a time, metres per second."""
    (x0, y0), (x1, y1) = path(max(seconds - STEP, 0.0)), path(seconds + STEP)
    step = seconds + STEP - max(seconds - STEP, 0.0)
    return (x1 - x0) / step, (y1 - y0) / step


def _corners(
    legs: Sequence[tuple[float, float, float]],
) -> tuple[list[float], list[tuple[float, float]]]:
    times, velocities = [0.0], [legs[0][1:]]
    for begin, *speed in legs[1:]:
        times += [begin, begin + CHANGE]
        velocities += [velocities[-1], (speed[0], speed[1])]
    return times, velocities


#: Walks in front of a camera that drives forward, with the seconds for which they are in sight.
WALKS: dict[str, tuple[Walk, float]] = {
    'ahead 1.2 m/s': (walk((3.0, 0.0), (0.0, 1.2, 0.0)), 7.0),
    'slow 0.3 m/s': (walk((6.0, -1.0), (0.0, 0.0, 0.3)), 6.0),
    'starts, stops': (walk((5.0, 0.0), (0.0, 0.0, 0.0), (3.0, 1.2, 0.0), (5.0, 0.0, 0.0)), 8.0),
    'turns': (walk((3.0, -0.3), (0.0, 1.0, 0.0), (4.0, 0.0, 1.0), (5.5, 1.0, 0.0)), 7.0),
}
