# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Detections of one frame, converted for an association."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.boxes import xywh_to_xyxy, xyxy_to_xywh
from fairmot_ros.tracker.embeddings import unit_length
from fairmot_ros.tracker.motion.parametrizations import XywhParametrization
from fairmot_ros.types import Detections


@dataclass(eq=False)
class Observations:
    """Selected detections of a frame, with coordinates first.

    Attributes:
        xyxy: float64 [4, M].
        measurements: float64 [4, M], boxes in the parametrization of the filter.
        scores: float32 [M].
        relative_scores: float32 [M], see `scores.scale`.
        class_ids: int64 [M].
        embeddings: float32 [M, D], unit length; D is 0 without embeddings.
    """

    xyxy: NDArray[np.float64]
    measurements: NDArray[np.float64]
    scores: NDArray[np.float32]
    relative_scores: NDArray[np.float32]
    class_ids: NDArray[np.int64]
    embeddings: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.scores)

    @staticmethod
    def of(
        detections: Detections,
        indices: NDArray[np.int64],
        embedding_size: int,
        parametrization: XywhParametrization,
        relative_scores: NDArray[np.float32] | None = None,
    ) -> Observations:
        """Select and convert detections.

        Args:
            detections: all detections of the frame. If they have no embeddings, those of the
                result are zero.
            indices: [M], the selected detections.
            embedding_size: D.
            parametrization: parametrization of the boxes in the filter.
            relative_scores: relative scores of all detections; the scores themselves if None.
        """
        # Sizes are computed in float32, as in the reference.
        boxes = xyxy_to_xywh(detections.boxes_xyxy.take(indices, 0))
        xywh = boxes.T.astype(np.float64, order='C')
        if detections.embeddings is None or not (embedding_size and len(indices)):
            embeddings = np.zeros((len(indices), embedding_size), np.float32)
        else:
            embeddings = unit_length(detections.embeddings.take(indices, 0))
        scores = detections.scores.take(indices)
        return Observations(
            xywh_to_xyxy(xywh.T).T,
            parametrization.from_xywh(xywh),
            scores,
            scores if relative_scores is None else relative_scores.take(indices),
            detections.class_ids.take(indices),
            embeddings,
        )
