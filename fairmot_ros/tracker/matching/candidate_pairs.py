# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Candidate pairs: the pairs of a track and a detection that pass a gate, each with a cost.

Few pairs pass, so costs are a list of pairs instead of a matrix. Pairs whose rectangles intersect
are found first; costs are computed only for those.

If many boxes are at the same place, nearly all pairs intersect. All of them are considered while
at most `CROWDED` pairs overlap on the horizontal axis, as many as 362 boxes at one place make.
Above that, the default association considers only the `NEAREST` boxes of each box, an
approximation whose time is nearly linear in the number of boxes.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from fairmot_ros.boxes import paired_iou

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

#: Number of pairs up to which comparing each of them is faster than sorting.
DENSE = 4096
#: Number of pairs overlapping on the horizontal axis up to which each of them is compared.
CROWDED = 2**17
#: Above it, number of nearest detections of each track and of nearest tracks of each detection.
NEAREST = 6
#: Largest offset, in pixels, that separates boxes at the same place by their order.
TIE_BREAK = 1e-3
#: Number of pairs whose embeddings are compared at once: 32 MB with embeddings of 128 numbers.
CHUNK = 2**15
#: Largest number of entries in one matrix product of embeddings.
COSINES = 2**20


class CandidatePairs(NamedTuple):
    """Pairs of a track and a detection, ordered by track, then by detection.

    >>> import numpy as np
    >>> cost = np.array([0.1, 0.7, 0.2])
    >>> pairs = CandidatePairs(np.array([0, 0, 2]), np.array([1, 3, 0]), cost)
    >>> pairs.only(pairs.cost < 0.5).columns.tolist()
    [1, 0]

    Attributes:
        rows: int64 [K], indices of tracks.
        columns: int64 [K], indices of detections.
        cost: float64 [K].
    """

    rows: Indices
    columns: Indices
    cost: Array

    def only(self, mask: NDArray[np.bool_]) -> CandidatePairs:
        """Return the pairs for which the mask [K] is true."""
        return self.take(mask.nonzero()[0])

    def take(self, indices: Indices) -> CandidatePairs:
        """Return the pairs with these indices."""
        if len(indices) == len(self.rows):
            return self
        return CandidatePairs(
            self.rows.take(indices), self.columns.take(indices), self.cost.take(indices)
        )


NO_PAIRS = CandidatePairs(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))


def intersecting(
    low_a: Array,
    high_a: Array,
    low_b: Array,
    high_b: Array,
    crowd: tuple[Array, Array] | None = None,
) -> tuple[Indices, Indices]:
    """Return the pairs of N and M rectangles that overlap or touch.

    >>> import numpy as np
    >>> low = np.array([[0.0, 5.0], [0.0, 0.0]])  # x and y of two squares with sides of 2
    >>> rows, columns = intersecting(low, low + 2, low + 1, low + 9)
    >>> list(zip(rows.tolist(), columns.tolist()))
    [(0, 0), (1, 0), (1, 1)]

    Args:
        low_a: [2, N], left and top.
        high_a: [2, N], right and bottom.
        low_b: [2, M], left and top of the others.
        high_b: [2, M], right and bottom of the others.
        crowd: [D, N] and [D, M], positions of the rectangles. If they are given and there are more
            than `CROWDED` pairs, only those with the `nearest` positions are considered.

    Returns:
        Indices [K] into the N rectangles, in rising order, and [K] into the M others.
    """
    if low_a.shape[1] * low_b.shape[1] <= DENSE:
        inside = low_a[:, :, None] <= high_b[:, None]
        inside &= low_b[:, None] <= high_a[:, :, None]
        rows, columns = (inside[0] & inside[1]).nonzero()
        return rows, columns
    (left, top), (right, bottom) = low_b, high_b
    order = left.argsort()
    starts = left.take(order)
    first = starts.searchsorted(low_a[0] - (right - left).max())
    count = starts.searchsorted(high_a[0], side='right') - first
    if crowd is None or count.sum() <= CROWDED:
        rows = np.arange(len(count)).repeat(count)
        columns = order.take(np.arange(len(rows)) + (first + count - count.cumsum()).repeat(count))
    else:
        rows, columns = nearest(*crowd, NEAREST)
    touching = low_a[0].take(rows) <= right.take(columns)
    touching &= left.take(columns) <= high_a[0].take(rows)  # not yet tested if crowded
    touching &= low_a[1].take(rows) <= bottom.take(columns)
    touching &= top.take(columns) <= high_a[1].take(rows)
    chosen = touching.nonzero()[0]
    return rows.take(chosen), columns.take(chosen)


def nearest(a: Array, b: Array, count: int) -> tuple[Indices, Indices]:
    """Return the pairs of points of which one is among the `count` nearest of the other.

    Args:
        a: [D, N], points.
        b: [D, M], other points.
        count: number of nearest points of each point.

    Returns:
        Indices [K] into a, in rising order, and [K] into b.
    """
    size_a, size_b = a.shape[1], b.shape[1]
    # Points at the same place are separated by their order, so that their neighbours differ.
    a = np.vstack((a, np.linspace(0, TIE_BREAK, size_a))).T
    b = np.vstack((b, np.linspace(0, TIE_BREAK, size_b))).T
    of_a = cKDTree(b).query(a, min(count, size_b))[1].reshape(size_a, -1)
    of_b = cKDTree(a).query(b, min(count, size_a))[1].reshape(size_b, -1)
    rows = np.concatenate((np.arange(size_a).repeat(of_a.shape[1]), of_b.ravel()))
    columns = np.concatenate((of_a.ravel(), np.arange(size_b).repeat(of_b.shape[1])))
    rows, columns = np.divmod(np.unique(rows * size_b + columns), size_b)
    return rows, columns


def overlapping(
    tracks_xyxy: Array, detections_xyxy: Array, pixel: float = 0.0, *, exact: bool = True
) -> CandidatePairs:
    """Return the pairs of boxes that overlap or touch, with 1 - IoU as cost.

    >>> import numpy as np
    >>> tracks = np.array([[0.0, 0.0, 10.0, 20.0], [50.0, 0.0, 60.0, 20.0]]).T
    >>> detections = np.array([[0.0, 10.0, 10.0, 20.0]]).T
    >>> rows, columns, cost = overlapping(tracks, detections)
    >>> rows.tolist(), columns.tolist(), cost.tolist()
    ([0], [0], [0.5])

    Args:
        tracks_xyxy: [4, N], boxes of tracks.
        detections_xyxy: [4, M], boxes of detections.
        pixel: added to widths and heights; `CYTHON_BBOX_PIXEL` in the reference.
        exact: whether to return all pairs even above `CROWDED`, see the module docstring.
    """
    rows, columns = intersecting(
        tracks_xyxy[:2] - pixel,
        tracks_xyxy[2:] + pixel,
        detections_xyxy[:2],
        detections_xyxy[2:],
        None if exact else (tracks_xyxy, detections_xyxy),
    )
    iou = paired_iou((rows, columns), tracks_xyxy, detections_xyxy, pixel)
    return CandidatePairs(rows, columns, 1 - iou)


def of_one_class(pairs: CandidatePairs, tracks: NDArray, detections: NDArray) -> CandidatePairs:
    """Return the pairs of one class, given the class ids of tracks [N] and detections [M]."""
    return pairs.only(tracks.take(pairs.rows) == detections.take(pairs.columns))


def within_gate(
    positions: Array, variance: Array, measurements: Array, gate: float
) -> CandidatePairs:
    """Return the pairs inside a gate, with their squared Mahalanobis distance as cost.

    Args:
        positions: [D, N], predicted measurements; the first two coordinates are the centre.
        variance: [D, N], variance of the measurements.
        measurements: [D, M].
        gate: largest squared distance.
    """
    # Necessary condition on the centre alone; the margin covers rounding.
    extent = np.sqrt(gate * (1 + 1e-8) * variance[:2])
    centre = measurements[:2]
    rows, columns = intersecting(positions[:2] - extent, positions[:2] + extent, centre, centre)
    residual = measurements.take(columns, 1) - positions.take(rows, 1)
    residual *= residual
    residual *= 1.0 / variance.take(rows, 1)
    distance = residual.sum(axis=0)
    return CandidatePairs(rows, columns, distance).only(distance <= gate)


def appearance_distance(
    pairs: CandidatePairs, tracks: NDArray[np.float32], detections: NDArray[np.float32]
) -> Array:
    """Return the appearance distance max(0, 1 - cosine) [K] of each pair.

    >>> import numpy as np
    >>> pairs = CandidatePairs(np.array([0, 1]), np.array([0, 0]), np.zeros(2))
    >>> appearance_distance(pairs, np.eye(2, dtype='f4'), np.eye(2, dtype='f4')).tolist()
    [0.0, 1.0]

    Args:
        pairs: pairs of the N tracks and M detections.
        tracks: [N, D], embeddings of unit length; a zero vector has distance 1 to all others.
        detections: [M, D], embeddings of unit length.
    """
    cosine = np.zeros(len(pairs.rows), np.float32)
    # Without pairs, the loop must not run: D may differ if there are no tracks or no detections.
    for start in range(0, len(cosine), CHUNK):
        part = slice(start, start + CHUNK)
        np.einsum(
            'kd,kd->k',
            tracks.take(pairs.rows[part], 0),
            detections.take(pairs.columns[part], 0),
            out=cosine[part],
        )
    return np.maximum(0.0, 1.0 - cosine.astype(np.float64))


def similar(
    rows: Indices,
    columns: Indices,
    tracks: NDArray[np.float32],
    detections: NDArray[np.float32],
    max_distance: float,
) -> CandidatePairs:
    """Return the pairs within an appearance distance, with that distance as cost.

    Args:
        rows: [N], indices of the tracks to compare, in rising order.
        columns: [M], indices of the detections to compare, in rising order.
        tracks: embeddings of all tracks, of unit length.
        detections: embeddings of all detections, of unit length.
        max_distance: largest appearance distance.
    """
    found = [NO_PAIRS]
    lowest = 1 - max_distance - 1e-4  # the margin covers rounding of the matrix product
    block = max(1, COSINES // max(len(columns), 1))
    for start in range(0, len(rows), block):
        part = rows[start : start + block]
        near, other = (tracks[part] @ detections[columns].T >= lowest).nonzero()
        pairs = CandidatePairs(part[near], columns[other], np.zeros(len(near)))
        distance = appearance_distance(pairs, tracks, detections)
        pairs = CandidatePairs(pairs.rows, pairs.columns, distance)
        found.append(pairs.only(distance <= max_distance))
    return CandidatePairs(*(np.concatenate(part) for part in zip(*found)))


def reference_appearance_distance(
    pairs: CandidatePairs, tracks: NDArray[np.float32], detections: NDArray[np.float32]
) -> Array:
    """Return `appearance_distance` as the reference rounds it, for embeddings of any length."""
    if not len(pairs.rows):
        return np.zeros(0)
    a = tracks.take(pairs.rows, 0).astype(np.float64)
    b = detections.take(pairs.columns, 0).astype(np.float64)
    norms = np.einsum('kd,kd->k', a, a) * np.einsum('kd,kd->k', b, b)
    cosine = np.einsum('kd,kd->k', a, b) / np.sqrt(np.maximum(norms, 1e-30))
    return np.maximum(0.0, 1.0 - cosine)
