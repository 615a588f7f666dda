# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Parametrizations of a box in the state of the Kalman filter.

The state holds the centre, a shape and the height. The shape is the aspect (width / height) in
reference associations, and the width in the default association: unlike the aspect, it does not
change when legs are occluded.

In the tracker, boxes are float64 [4, N]: coordinates first, so that arithmetic runs over
contiguous memory. `fairmot_ros.boxes` expects the boxes first and gets transposed views.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.boxes import cxcywh_to_xywh, xywh_to_cxcywh, xywh_to_xyxy

Array = NDArray[np.float64]


class XywhParametrization:
    """Centre x, centre y, width, height."""

    def from_xywh(self, boxes: Array) -> Array:
        """Convert boxes [4, N] to this parametrization."""
        return xywh_to_cxcywh(boxes.T).T

    def to_xywh(self, centred: Array) -> Array:
        """Convert boxes [4, N] from this parametrization."""
        return cxcywh_to_xywh(centred.T).T

    def to_xyxy(self, centred: Array) -> Array:
        """Convert boxes [4, N] from this parametrization."""
        return xywh_to_xyxy(self.to_xywh(centred).T).T

    def size_covariance(self, centred: Array, variance: Array) -> Array:
        """Return the covariance [N, 4, 4] over centre x, centre y, width, height.

        Args:
            centred: [4, N], boxes in this parametrization.
            variance: [4, N], variance of their coordinates.
        """
        covariance = np.zeros((centred.shape[1], 16))
        covariance[:, ::5] = variance.T
        return covariance.reshape(-1, 4, 4)


class XyahParametrization(XywhParametrization):
    """Centre x, centre y, aspect (width / height), height."""

    def from_xywh(self, boxes: Array) -> Array:
        """Convert boxes [4, N] to this parametrization."""
        centred = super().from_xywh(boxes)
        centred[2] /= boxes[3]
        return centred

    def to_xywh(self, centred: Array) -> Array:
        """Convert boxes [4, N] from this parametrization."""
        sized = centred.copy()
        sized[2] *= centred[3]
        return super().to_xywh(sized)

    def size_covariance(self, centred: Array, variance: Array) -> Array:
        """Return the covariance [N, 4, 4], linearized for width = aspect * height."""
        aspect, height = centred[2:]
        covariance = super().size_covariance(centred, variance)
        covariance[:, 2, 2] = height**2 * variance[2] + aspect**2 * variance[3]
        covariance[:, 2, 3] = covariance[:, 3, 2] = aspect * variance[3]
        return covariance
