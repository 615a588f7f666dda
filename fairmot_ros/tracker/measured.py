"""Detections in the forms that an association needs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.boxes import xywh_to_xyxy, xyxy_to_xywh
from fairmot_ros.tracker.boxes import WidthForm
from fairmot_ros.tracker.table import unit_length
from fairmot_ros.types import Detections


@dataclass(frozen=True)
class Measured:
    """Some of the detections of one image, row by row.

    Attributes:
        xyxy: float64 [M, 4].
        centred: float64 [M, 4], in the form that the filter keeps.
        scores: float32 [M].
        relative_scores: float32 [M], see `score_scale`.
        class_ids: int64 [M].
        embeddings: float32 [M, D], unit length; D is 0 without embeddings.
    """

    xyxy: NDArray[np.float64]
    centred: NDArray[np.float64]
    scores: NDArray[np.float32]
    relative_scores: NDArray[np.float32]
    class_ids: NDArray[np.int64]
    embeddings: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.scores)

    @staticmethod
    def of(
        detections: Detections,
        rows: NDArray,
        embedding_size: int,
        form: WidthForm,
        relative_scores: NDArray[np.float32] | None = None,
    ) -> Measured:
        """Prepare the chosen rows (indices).

        Args:
            detections: without embeddings, those of the result are zero.
            rows: [M], indices.
            embedding_size: D.
            form: of the boxes in the filter.
            relative_scores: of all detections; their scores if None.
        """
        # Sizes are taken in float32, as in the published code.
        xywh = xyxy_to_xywh(detections.boxes_xyxy.take(rows, 0)).astype(np.float64)
        if detections.embeddings is None or not embedding_size:
            embeddings = np.zeros((len(rows), embedding_size), np.float32)
        else:
            embeddings = unit_length(detections.embeddings.take(rows, 0))
        return Measured(
            xywh_to_xyxy(xywh),
            form.of_xywh(xywh),
            detections.scores.take(rows),
            (detections.scores if relative_scores is None else relative_scores).take(rows),
            detections.class_ids.take(rows),
            embeddings,
        )
