"""Detections from messages of another node."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from vision_msgs.msg import BoundingBox2D, Detection2DArray

from fairmot_ros.msg import TrackArray
from fairmot_ros.ros.parameters import TrackingParameters
from fairmot_ros.types import Detections


class DetectionError(ValueError):
    """A message with detections that cannot be used; the text says why."""


class ReceivedDetections:
    """Reads `Detection2DArray`, or `TrackArray` for its embeddings.

    Classes are numbered in the order in which their names first appear.
    """

    def __init__(self) -> None:
        """Start without any class."""
        self.model = self.runtime = ''
        self.thresholds: Mapping[str, float] = {}
        self._numbers: dict[str, int] = {}

    @property
    def labels(self) -> Sequence[str]:
        """Name of each class seen so far."""
        return list(self._numbers)

    def configure(self, parameters: TrackingParameters) -> None:
        """Apply nothing: detecting is up to the other node."""

    def read(self, message: Detection2DArray | TrackArray) -> Detections:
        """Return the detections.

        Raises:
            DetectionError: if a box has no size, a value is not finite, or embeddings are missing
                or of different lengths.
        """
        try:
            if isinstance(message, TrackArray):
                self.model = message.model
                return self._from_tracks(message)
            return self._from_detections(message)
        except DetectionError:
            raise
        except ValueError as error:
            raise DetectionError(f'the detections cannot be used: {error}') from error

    def detect(self, inputs: Sequence[Detections]) -> list[Detections]:
        """Return the inputs: detecting was done elsewhere."""
        return list(inputs)

    def image(self, value: Detections) -> None:
        """Return nothing: there are no images here."""

    def close(self) -> None:
        """Do nothing: there is no model."""

    def _from_detections(self, message: Detection2DArray) -> Detections:
        boxes, scores, classes = [], [], []
        for detection in message.detections:
            if not detection.results:
                raise DetectionError('a detection has no result, so no score: one is expected')
            best = max(detection.results, key=lambda r: r.hypothesis.score).hypothesis
            boxes.append(_corners(detection.bbox))
            scores.append(best.score)
            classes.append(self._number(best.class_id))
        return Detections(_rows(boxes), scores, class_ids=classes)

    def _from_tracks(self, message: TrackArray) -> Detections:
        tracks = message.tracks
        lengths = {len(track.embedding) for track in tracks}
        if len(lengths) > 1 or lengths == {0}:
            raise DetectionError(
                'all embeddings must have the same length above 0, got '
                f'{", ".join(map(str, sorted(lengths)))}'
            )
        embeddings = np.array([track.embedding for track in tracks], np.float32)
        if not np.isfinite(embeddings).all() or not embeddings.any(axis=1).all():
            raise DetectionError('an embedding is zero or has values that are not finite')
        return Detections(
            _rows([_corners(track.bbox) for track in tracks]),
            [track.score for track in tracks],
            embeddings,
            [self._number(track.class_id) for track in tracks],
        )

    def _number(self, label: str) -> int:
        return self._numbers.setdefault(label, len(self._numbers))


def _corners(box: BoundingBox2D) -> tuple[float, float, float, float]:
    if box.size_x <= 0 or box.size_y <= 0:
        raise DetectionError(f'a box has no size: {box.size_x:g} x {box.size_y:g} pixels')
    x, y = box.center.position.x, box.center.position.y
    return x - box.size_x / 2, y - box.size_y / 2, x + box.size_x / 2, y + box.size_y / 2


def _rows(boxes: list[tuple[float, float, float, float]]) -> np.ndarray:
    return np.array(boxes, np.float32).reshape(-1, 4)
