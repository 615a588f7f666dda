"""Geometry of boxes."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

F = TypeVar('F', np.float32, np.float64)


def iou_matrix(a: NDArray[F], b: NDArray[F]) -> NDArray[F]:
    """Return the intersection over union [N, M] of boxes_xyxy [N, 4] and [M, 4].

    Boxes without an area overlap with nothing.
    """
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    shared = np.prod((high - low).clip(0), axis=2)
    area_a, area_b = (np.prod((x[:, 2:] - x[:, :2]).clip(0), axis=1) for x in (a, b))
    union = area_a[:, None] + area_b[None, :] - shared
    return np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
