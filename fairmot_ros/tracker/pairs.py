"""Which tracks and detections could belong together, and at what cost.

Of all pairs few are near enough, so a cost is a list of pairs and not a matrix: those that cross
on the horizontal axis are found first, and everything after that is done for them alone.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.boxes import area, iou_of_areas

Array = NDArray[np.float64]
Rows = NDArray[np.int64]

SMALL = 4096  # pairs up to which comparing all is quicker than sorting


class Pairs(NamedTuple):
    """Pairs in the order of their rows, then columns.

    Attributes:
        rows: int64 [K], tracks.
        columns: int64 [K], detections.
        cost: float64 [K].
    """

    rows: Rows
    columns: Rows
    cost: Array

    def only(self, mask: NDArray[np.bool_]) -> Pairs:
        """Return the pairs for which the mask [K] is true."""
        return Pairs(self.rows[mask], self.columns[mask], self.cost[mask])


NO_PAIRS = Pairs(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))


def crossing(low_a: Array, high_a: Array, low_b: Array, high_b: Array) -> tuple[Rows, Rows]:
    """Return which of N and M intervals on a line touch or overlap, in the order of the first."""
    if len(low_a) * len(low_b) <= SMALL:
        rows, columns = ((low_a[:, None] <= high_b) & (low_b <= high_a[:, None])).nonzero()
        return rows, columns
    order = low_b.argsort()
    starts = low_b[order]
    first = starts.searchsorted(low_a - (high_b - low_b).max())
    count = starts.searchsorted(high_a, side='right') - first
    rows = np.arange(len(low_a)).repeat(count)
    columns = order[np.arange(len(rows)) + (first + count - count.cumsum()).repeat(count)]
    touching = (low_a[rows] <= high_b[columns]).nonzero()[0]
    return rows[touching], columns[touching]


def overlapping(tracks_xyxy: Array, detections_xyxy: Array, pixel: float = 0.0) -> Pairs:
    """Return the pairs that overlap, at 1 - IoU.

    Args:
        tracks_xyxy: [N, 4].
        detections_xyxy: [M, 4].
        pixel: 1 where the last pixel counts, so that sizes are one more, as published.
    """
    left_a, top_a, right_a, bottom_a = tracks_xyxy.T
    left, top, right, bottom = detections_xyxy.T
    rows, columns = crossing(left_a - pixel, right_a + pixel, left, right)
    width = np.minimum(right_a[rows], right[columns]) - np.maximum(left_a[rows], left[columns])
    height = np.minimum(bottom_a[rows], bottom[columns]) - np.maximum(top_a[rows], top[columns])
    inside = ((width > -pixel) & (height > -pixel)).nonzero()[0]
    rows, columns = rows[inside], columns[inside]
    shared = (width[inside] + pixel) * (height[inside] + pixel)
    areas_a, areas_b = area(tracks_xyxy, pixel), area(detections_xyxy, pixel)
    return Pairs(rows, columns, 1 - iou_of_areas(shared, areas_a[rows], areas_b[columns]))


def of_one_class(pairs: Pairs, tracks: NDArray, detections: NDArray) -> Pairs:
    """Return the pairs whose track and detection are of the same class, given [N] and [M]."""
    return pairs.only(tracks[pairs.rows] == detections[pairs.columns])


def within_gate(positions: Array, variance: Array, measurements: Array, gate: float) -> Pairs:
    """Return the pairs whose squared Mahalanobis distance is at most the gate, at that.

    Args:
        positions: [N, D], expected.
        variance: [N, D] of what is measured there.
        measurements: [M, D].
        gate: largest squared distance.
    """
    reach = np.sqrt(gate * variance[:, 0]) * (1 + 1e-9)
    x = measurements[:, 0]
    rows, columns = crossing(positions[:, 0] - reach, positions[:, 0] + reach, x, x)
    residual = measurements[columns] - positions[rows]
    distance = np.einsum('kd,kd,kd->k', residual, residual, 1.0 / variance[rows])
    return Pairs(rows, columns, distance).only(distance <= gate)


def look_distance(
    pairs: Pairs, tracks: NDArray[np.float32], detections: NDArray[np.float32]
) -> Array:
    """Return max(0, 1 - cosine) [K] of each pair of unit vectors; of a zero vector 1."""
    cosine = np.einsum('kd,kd->k', tracks.take(pairs.rows, 0), detections.take(pairs.columns, 0))
    return np.maximum(0.0, 1.0 - cosine.astype(np.float64))


def cosine_distance(
    pairs: Pairs, tracks: NDArray[np.float32], detections: NDArray[np.float32]
) -> Array:
    """Return the same with the rounding of the published code, of vectors of any length."""
    a = tracks[pairs.rows].astype(np.float64)
    b = detections[pairs.columns].astype(np.float64)
    norms = np.einsum('kd,kd->k', a, a) * np.einsum('kd,kd->k', b, b)
    cosine = np.einsum('kd,kd->k', a, b) / np.sqrt(np.maximum(norms, 1e-30))
    return np.maximum(0.0, 1.0 - cosine)
