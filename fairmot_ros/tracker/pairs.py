"""Which tracks and detections could belong together, and at what cost.

Of all pairs few are near enough, so a cost is a list of pairs and not a matrix: the two dense
tests here are cheap, and everything after them is done for the pairs alone.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Rows = NDArray[np.int64]


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


def overlapping(tracks_xyxy: Array, detections_xyxy: Array, pixel: float = 0.0) -> Pairs:
    """Return the pairs that overlap, at 1 - IoU.

    Args:
        tracks_xyxy: [N, 4].
        detections_xyxy: [M, 4].
        pixel: 1 where the last pixel counts, so that sizes are one more, as published.
    """
    a, b = tracks_xyxy.T[:, :, None], detections_xyxy.T[:, None, :]
    size = np.minimum(a[2:], b[2:])
    size -= np.maximum(a[:2], b[:2])
    inside = size > -pixel
    rows, columns = (inside[0] & inside[1]).nonzero()
    width, height = size[:, rows, columns] + pixel
    shared = width * height
    areas_a, areas_b = _areas(tracks_xyxy, pixel), _areas(detections_xyxy, pixel)
    return Pairs(rows, columns, 1 - shared / (areas_a[rows] + areas_b[columns] - shared))


def of_one_class(pairs: Pairs, tracks: NDArray, detections: NDArray) -> Pairs:
    """Return the pairs whose track and detection are of the same class, given [N] and [M]."""
    return pairs.only(tracks[pairs.rows] == detections[pairs.columns])


def _areas(boxes: Array, pixel: float) -> Array:
    size = boxes[:, 2:] - boxes[:, :2] + pixel
    areas: Array = size[:, 0] * size[:, 1]
    return areas


def within_gate(positions: Array, variance: Array, measurements: Array, gate: float) -> Pairs:
    """Return the pairs whose squared Mahalanobis distance is at most the gate, at that.

    Args:
        positions: [N, D], expected.
        variance: [N, D] of what is measured there.
        measurements: [M, D].
        gate: largest squared distance.
    """
    reach = np.sqrt(gate * variance[:, :2])
    near = np.abs(measurements[None, :, 0] - positions[:, None, 0]) <= reach[:, :1]
    near &= np.abs(measurements[None, :, 1] - positions[:, None, 1]) <= reach[:, 1:]
    rows, columns = near.nonzero()
    residual = measurements[columns] - positions[rows]
    distance = np.einsum('kd,kd,kd->k', residual, residual, 1.0 / variance[rows])
    return Pairs(rows, columns, distance).only(distance <= gate)


def cosine_distance(pairs: Pairs, tracks: NDArray[np.float32],
                    detections: NDArray[np.float32]) -> Array:
    """Return max(0, 1 - cosine) [K] of each pair; a zero vector is like nothing, distance 1."""
    a = tracks[pairs.rows].astype(np.float64)
    b = detections[pairs.columns].astype(np.float64)
    norms = np.einsum('kd,kd->k', a, a) * np.einsum('kd,kd->k', b, b)
    cosine = np.einsum('kd,kd->k', a, b) / np.sqrt(np.maximum(norms, 1e-30))
    return np.maximum(0.0, 1.0 - cosine)
