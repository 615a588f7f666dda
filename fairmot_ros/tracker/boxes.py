"""The two forms of a box that a filter can keep.

A filter keeps the centre, a shape and the height; the shape is the aspect (width / height) in the
published code and the width in ours, which stays apart from the height when legs are hidden.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.boxes import cxcywh_to_xywh, xywh_to_cxcywh, xywh_to_xyxy

Array = NDArray[np.float64]


class WidthForm:
    """Centre x, centre y, width, height."""

    def of_xywh(self, boxes: Array) -> Array:
        """Convert [N, 4] to this form."""
        return xywh_to_cxcywh(boxes)

    def to_xywh(self, centred: Array) -> Array:
        """Convert [N, 4] from this form."""
        return cxcywh_to_xywh(centred)

    def to_xyxy(self, centred: Array) -> Array:
        """Convert [N, 4] from this form."""
        return xywh_to_xyxy(self.to_xywh(centred))

    def size_covariance(self, centred: Array, variance: Array) -> Array:
        """Return the covariance [N, 4, 4] of centre x, centre y, width, height.

        Args:
            centred: [N, 4] in this form.
            variance: [N, 4] of it.
        """
        covariance = np.zeros((len(centred), 4, 4))
        covariance[:, range(4), range(4)] = variance
        return covariance


class AspectForm(WidthForm):
    """Centre x, centre y, aspect, height."""

    def of_xywh(self, boxes: Array) -> Array:
        """Convert [N, 4] to this form."""
        centred = super().of_xywh(boxes)
        centred[:, 2] /= boxes[:, 3]
        return centred

    def to_xywh(self, centred: Array) -> Array:
        """Convert [N, 4] from this form."""
        sized = centred.copy()
        sized[:, 2] *= centred[:, 3]
        return cxcywh_to_xywh(sized)

    def size_covariance(self, centred: Array, variance: Array) -> Array:
        """See `WidthForm`; to first order, as width = aspect * height."""
        aspect, height = centred[:, 2], centred[:, 3]
        covariance = super().size_covariance(centred, variance)
        covariance[:, 2, 2] = height**2 * variance[:, 2] + aspect**2 * variance[:, 3]
        covariance[:, 2, 3] = covariance[:, 3, 2] = aspect * variance[:, 3]
        return covariance
