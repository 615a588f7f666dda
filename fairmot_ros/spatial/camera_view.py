# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Where places in a fixed frame are seen in the image of a camera."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fairmot_ros.spatial.geometry import MIN_DEPTH, PinholeCamera
from fairmot_ros.spatial.transforms import Transform

Array = NDArray[np.float64]

#: Share of the image by which the visible area is larger on each side, so that the ends of a shape
#: that is cut off are outside the image.
BORDER = 0.1
#: Parts of an edge: lines are curved in the images of a camera with distortion.
PARTS = 16


@dataclass(frozen=True)
class CameraView:
    """A camera at a place.

    Attributes:
        camera: its calibration.
        pose: from its frame to the fixed one.
    """

    camera: PinholeCamera
    pose: Transform

    def outline(self, points: ArrayLike, *, closed: bool) -> Array:
        """Return what is visible of the edges between points, in pixels.

        What is behind the camera or far outside the image is cut off.

        Args:
            points: [N, 3] metres in the fixed frame.
            closed: whether the points are a polygon; otherwise they are the ends of a line.

        Returns:
            float64 [M, 2], empty if nothing is visible.
        """
        kept = self.pose.inverse().apply(points)
        for plane in self._planes:
            kept = _cut(kept, plane, closed)
        if closed and len(kept):
            kept = np.vstack((kept, kept[:1]))
        if len(kept) > 1 and self.camera.distortion.any():
            places = np.arange((len(kept) - 1) * PARTS + 1) / PARTS
            kept = np.column_stack([np.interp(places, range(len(kept)), a) for a in kept.T])
        return self.camera.project(kept[:-1] if closed else kept)

    @cached_property
    def _planes(self) -> Array:
        """Sides [5, 4] of the visible space, where their product with (x, y, z, 1) is positive."""
        width, height = self.camera.width, self.camera.height
        x, y = np.linspace(0, width, PARTS), np.linspace(0, height, PARTS)
        sides = (0 * y, y), (0 * y + width, y), (x, 0 * x), (x, 0 * x + height)
        left, right, top, bottom = (self.camera.rays(np.column_stack(side)) for side in sides)
        x0, x1 = left[:, 0].min(), right[:, 0].max()
        y0, y1 = top[:, 1].min(), bottom[:, 1].max()
        dx, dy = BORDER * (x1 - x0), BORDER * (y1 - y0)
        return np.array(
            [
                (0, 0, 1, -MIN_DEPTH),
                (1, 0, dx - x0, 0),
                (-1, 0, x1 + dx, 0),
                (0, 1, dy - y0, 0),
                (0, -1, y1 + dy, 0),
            ]
        )


def _cut(points: Array, plane: Array, closed: bool) -> Array:
    """Return what is on the positive side of a plane (Sutherland and Hodgman 1974)."""
    if not len(points):
        return points
    heights = points @ plane[:3] + plane[3]
    pairs = list(zip(range(len(points)), range(1, len(points))))
    if closed:
        pairs.insert(0, (-1, 0))
    kept = [] if closed or heights[0] < 0 else [points[0]]
    for before, now in pairs:
        if (heights[before] < 0) != (heights[now] < 0):
            share = heights[before] / (heights[before] - heights[now])
            kept.append(points[before] + share * (points[now] - points[before]))
        if heights[now] >= 0:
            kept.append(points[now])
    return np.array(kept).reshape(-1, 3)
