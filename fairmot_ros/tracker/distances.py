"""How unlike a track and a detection are: by box, by appearance, by motion."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.tracker import kalman

Array = NDArray[np.float64]

MOTION_SHARE = 0.02  # of the Mahalanobis distance in the fused cost


def iou_distance(tracks_xyxy: Array, detections_xyxy: Array) -> Array:
    """Return 1 - IoU [N, M] of boxes whose last pixel counts, so that sizes are + 1."""
    top_left = np.maximum(tracks_xyxy[:, None, :2], detections_xyxy[None, :, :2])
    bottom_right = np.minimum(tracks_xyxy[:, None, 2:], detections_xyxy[None, :, 2:])
    size = np.maximum(bottom_right - top_left + 1, 0)
    intersection = size[:, :, 0] * size[:, :, 1]
    areas = [
        (boxes[:, 2] - boxes[:, 0] + 1) * (boxes[:, 3] - boxes[:, 1] + 1)
        for boxes in (tracks_xyxy, detections_xyxy)
    ]
    union = areas[0][:, None] + areas[1][None, :] - intersection
    overlap = np.divide(intersection, union, out=np.zeros_like(union), where=intersection > 0)
    return 1 - overlap


def cosine_distance(tracks: NDArray[np.float32], detections: NDArray[np.float32]) -> Array:
    """Return max(0, 1 - cosine) [N, M]; a zero vector is like nothing, distance 1."""
    a, b = tracks.astype(np.float64), detections.astype(np.float64)
    norms = np.linalg.norm(a, axis=1)[:, None] * np.linalg.norm(b, axis=1)[None, :]
    cosine = np.divide(a @ b.T, norms, out=np.zeros_like(norms), where=norms > 0)
    return np.maximum(0, 1 - cosine)


def fuse_motion(cost: Array, mean: Array, covariance: Array, measurements: Array) -> Array:
    """Forbid pairs beyond the gate and add a little of the Mahalanobis distance."""
    gating = kalman.squared_mahalanobis(mean, covariance, measurements)
    gated = np.where(gating > kalman.GATE, np.inf, cost)
    return (1 - MOTION_SHARE) * gated + MOTION_SHARE * gating


def forbid_other_classes(cost: Array, tracks: NDArray, detections: NDArray) -> Array:
    """Forbid pairs of different classes."""
    return np.where(tracks[:, None] != detections[None, :], np.inf, cost)
