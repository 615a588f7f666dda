# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""What one frame shows of each track: its embedding in this frame, and who is in its way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.boxes import coverage_matrix, intersection, iou_matrix, share_inside
from fairmot_ros.types import Detections, Tracks

Array = NDArray[np.float64]

#: Lowest IoU of a track and its detection in this frame.
MATCH_IOU = 0.5
#: Share of the smaller of two boxes from which on the tracks can be confused.
CROSSING_SHARE = 0.3
#: Share of a box covered by people in front, from which on its embedding is unreliable, and from
#: which on it is no view to keep.
OCCLUDED_SHARE, CLEAR_SHARE = 0.3, 0.1
#: Share of a detection without a track inside a box, from which on it is a part of that person.
PART_SHARE = 0.7
#: Seconds for which a lost track is taken into account at its predicted box.
LOST_SECONDS = 1.0


@dataclass(frozen=True)
class FollowFrame:
    """Tracks of one frame.

    Attributes:
        stamp: seconds, increasing.
        visible: tracks matched in this frame.
        lost: confirmed tracks that were not.
        detections: of this frame, for their embeddings; None if unknown.
        distances: metres between camera and person by track id, where known.
        names: of enrolled people by track id.
        model: of the embeddings.
    """

    stamp: float
    visible: Tracks
    lost: Tracks
    detections: Detections | None = None
    distances: Mapping[int, float] = field(default_factory=dict)
    names: Mapping[int, str] = field(default_factory=dict)
    model: str = ''


@dataclass(frozen=True)
class Observation:
    """One visible track.

    Attributes:
        track_id: of the track.
        class_id: of the track.
        embedding: float32 [D] of this frame; None if there is none, or if `is_covered`.
        is_covered: whether people in front cover much of the box.
        is_clear: whether hardly anything of the box is covered, by people in front or behind.
        has_neighbour: whether someone else is near, if only as a detection.
        crossing: ids of the tracks whose boxes overlap, lost ones included.
    """

    track_id: int
    class_id: int
    embedding: NDArray[np.float32] | None
    is_covered: bool
    is_clear: bool
    has_neighbour: bool
    crossing: frozenset[int]


def observe(frame: FollowFrame) -> dict[int, Observation]:
    """Return the visible tracks of a frame by id."""
    visible, count = frame.visible, len(frame.visible)
    if not count:
        return {}
    near = frame.lost[frame.lost.times_since_update <= LOST_SECONDS]
    boxes, ids = visible.boxes_xyxy, np.concatenate((visible.ids, near.ids))
    found, strangers = _match(boxes, frame.detections)
    tracked = np.concatenate((boxes, near.boxes_xyxy))
    crossing = coverage_matrix(boxes, tracked) >= CROSSING_SHARE
    np.fill_diagonal(crossing, False)
    everybody = np.concatenate((tracked, strangers))
    inside = share_inside(boxes[:, None], everybody[None, :])
    np.fill_diagonal(inside, 0.0)
    # Whoever stands in front has lower feet in the image; lost tracks are not in front of anybody.
    in_front = everybody[None, :, 3] > boxes[:, None, 3]
    in_front[:, count : len(tracked)] = False
    # A detection inside the box is a part of the same person.
    is_part = share_inside(strangers[None, :], boxes[:, None]) >= PART_SHARE
    in_front[:, len(tracked) :] &= ~is_part
    covered = np.where(in_front, inside, 0.0).max(axis=1) >= OCCLUDED_SHARE
    half = (boxes[:, 2] - boxes[:, 0]) / 2
    reach = boxes + half[:, None] * np.array([-1, 0, 1, 0])
    neighbours = intersection(reach[:, None], everybody[None, :]) > 0
    np.fill_diagonal(neighbours, False)
    neighbours[:, len(tracked) :] &= ~is_part
    embeddings = None if frame.detections is None else frame.detections.embeddings
    result = {}
    for row, (track_id, class_id) in enumerate(zip(visible.ids.tolist(), visible.class_ids)):
        embedding = None
        if embeddings is not None and found[row] >= 0:
            candidate = embeddings[found[row]]
            embedding = candidate if candidate.any() and not covered[row] else None
        result[track_id] = Observation(
            track_id,
            int(class_id),
            embedding,
            bool(covered[row]),
            bool(inside[row].max() < CLEAR_SHARE),
            bool(neighbours[row].any()),
            frozenset(ids[crossing[row]].tolist()),
        )
    return result


def _match(boxes: Array, detections: Detections | None) -> tuple[NDArray[np.int64], Array]:
    """Return the detection [N] of each box, -1 if none, and the boxes of the unmatched ones."""
    if detections is None or not len(detections):
        return np.full(len(boxes), -1), np.zeros((0, 4))
    given = detections.boxes_xyxy.astype(np.float64)
    overlap = iou_matrix(boxes, given)
    best = overlap.argmax(axis=1)
    best[overlap.max(axis=1) < MATCH_IOU] = -1
    # Detections that are no duplicates of a track, as likely as the least likely track.
    scores = detections.scores
    matched = best[best >= 0]
    lowest = scores[matched].min() if len(matched) else np.inf
    rest = (overlap.max(axis=0) < MATCH_IOU) & (scores >= lowest)
    return best, given[rest]
