"""Overlap of boxes [.., 4], left, top, right, bottom."""

from __future__ import annotations

import torch
from torch import Tensor

EPSILON = 1e-6


def intersection(a: Tensor, b: Tensor) -> Tensor:
    """Return the common area of boxes; shapes are broadcast."""
    low = torch.maximum(a[..., :2], b[..., :2])
    high = torch.minimum(a[..., 2:], b[..., 2:])
    return (high - low).clamp(min=0).prod(-1)


def area(boxes: Tensor) -> Tensor:
    """Return width times height."""
    return (boxes[..., 2:] - boxes[..., :2]).prod(-1)


def iou(a: Tensor, b: Tensor) -> Tensor:
    """Return intersection over union, 0..1; shapes are broadcast."""
    shared = intersection(a, b)
    return shared / (area(a) + area(b) - shared).clamp(min=EPSILON)


def share_inside(boxes: Tensor, regions: Tensor) -> Tensor:
    """Return which share of the boxes' area lies in regions, 0..1; shapes are broadcast."""
    return intersection(boxes, regions) / area(boxes).clamp(min=EPSILON)
