"""The tracks of one tracker as arrays: one row per track, one array per property."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.tracker import kalman
from fairmot_ros.tracker.boxes import xyah_to_xywh, xywh_to_xyxy


@dataclass
class TrackTable:
    """Tracks by row; times are in frames.

    Attributes:
        ids: int64 [N].
        class_ids: int64 [N].
        confirmed: bool [N], seen often enough to be shown.
        doomed: bool [N], outlived its time once: if lost again, it is dropped at once.
        mean: float64 [N, 8], see `kalman`.
        covariance: float64 [N, 4, 3], see `kalman`.
        embeddings: float32 [N, D], smoothed, unit length; D is 0 without embeddings.
        scores: float32 [N], of the last matched detection.
        started: float64 [N], time of the first detection.
        seen: float64 [N], time of the last matched detection.
        hits: int64 [N], matched detections.
    """

    ids: NDArray[np.int64]
    class_ids: NDArray[np.int64]
    confirmed: NDArray[np.bool_]
    doomed: NDArray[np.bool_]
    mean: NDArray[np.float64]
    covariance: NDArray[np.float64]
    embeddings: NDArray[np.float32]
    scores: NDArray[np.float32]
    started: NDArray[np.float64]
    seen: NDArray[np.float64]
    hits: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.ids)

    @staticmethod
    def empty(embedding_size: int = 0) -> TrackTable:
        """Return a table without rows."""
        return TrackTable(
            ids=np.zeros(0, np.int64),
            class_ids=np.zeros(0, np.int64),
            confirmed=np.zeros(0, np.bool_),
            doomed=np.zeros(0, np.bool_),
            mean=np.zeros((0, 8)),
            covariance=np.zeros((0, 4, 3)),
            embeddings=np.zeros((0, embedding_size), np.float32),
            scores=np.zeros(0, np.float32),
            started=np.zeros(0),
            seen=np.zeros(0),
            hits=np.zeros(0, np.int64),
        )

    def take(self, rows: NDArray) -> TrackTable:
        """Return the chosen rows, copied, in that order."""
        return TrackTable(*(getattr(self, f.name)[rows] for f in fields(self)))

    def joined(self, other: TrackTable) -> TrackTable:
        """Return these rows, then the other table's."""
        return TrackTable(*(
            np.concatenate((getattr(self, f.name), getattr(other, f.name))) for f in fields(self)
        ))

    def boxes_xywh(self) -> NDArray[np.float64]:
        """Return the filter's boxes [N, 4]."""
        return xyah_to_xywh(self.mean[:, :4])

    def boxes_xyxy(self) -> NDArray[np.float64]:
        """Return the filter's boxes [N, 4]."""
        return xywh_to_xyxy(self.boxes_xywh())

    def predict(self, rows: NDArray, resting: NDArray, frames: float) -> None:
        """Move rows on in time; where `resting`, the height first stops changing."""
        mean = self.mean[rows]
        mean[resting, 4 + kalman.HEIGHT] = 0
        self.mean[rows], self.covariance[rows] = kalman.predict(
            mean, self.covariance[rows], frames
        )

    def warp(self, motion: NDArray[np.float64]) -> None:
        """Carry all rows along with the camera."""
        self.mean, self.covariance = kalman.warp(self.mean, self.covariance, motion)

    def correct(self, rows: NDArray, measurements: NDArray[np.float64]) -> None:
        """Update the filter of each row by its measurement."""
        self.mean[rows], self.covariance[rows] = kalman.update(
            self.mean[rows], self.covariance[rows], measurements
        )

    def remember(self, rows: NDArray, embeddings: NDArray[np.float32], momentum: float) -> None:
        """Blend unit embeddings into the smoothed ones, all in float32."""
        self.embeddings[rows] = unit_length(
            momentum * self.embeddings[rows] + (1 - momentum) * embeddings
        )


def unit_length(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Scale each row to length 1; a zero row stays zero."""
    norms = np.sqrt(np.einsum('nd,nd->n', vectors, vectors))[:, None]
    return np.divide(vectors, norms, out=np.zeros_like(vectors), where=norms > 0)
