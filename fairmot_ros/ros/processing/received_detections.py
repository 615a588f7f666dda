# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Detection source that reads the detections of another node."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from vision_msgs.msg import BoundingBox2D, Detection2DArray

from fairmot_ros.files.errors import FileError
from fairmot_ros.msg import TrackArray
from fairmot_ros.pixels import Warn, ignore_warning
from fairmot_ros.ros.parameters import TrackingParameters
from fairmot_ros.types import Detections

#: Limits that keep a wrong publisher from filling the memory.
MAX_LABELS, MAX_LABEL_LENGTH, MAX_MODEL_LENGTH = 1000, 200, 1000

ROUNDING = 1e-6  # tolerance of the range of scores


class DetectionError(FileError):
    """A message whose detections cannot be used; the text says why."""


class ReceivedDetections:
    """Reads `Detection2DArray`, or `TrackArray` with embeddings; see `DetectionSource`.

    Classes are numbered in the order of their first appearance.
    """

    def __init__(self) -> None:
        """Start without classes."""
        self.model = self.runtime = ''
        self.thresholds: Mapping[str, float] = {}
        self._numbers: dict[str, int] = {}

    @property
    def labels(self) -> Sequence[str]:
        """Name of each class seen so far."""
        return list(self._numbers)

    def configure(self, parameters: TrackingParameters) -> None:
        """Do nothing: the other node detects."""

    def read(
        self, message: Detection2DArray | TrackArray, warn: Warn = ignore_warning
    ) -> Detections:
        """Convert a message to detections; labels and model are kept only if it is valid.

        Args:
            message: may be empty.
            warn: not used.

        Raises:
            DetectionError: if a box has no area, a value is not finite, a score is outside 0..1,
                embeddings are missing or have different lengths, or labels are too many or too
                long.
        """
        try:
            if isinstance(message, TrackArray):
                return self._from_tracks(message)
            return self._from_detections(message)
        except DetectionError:
            raise
        except ValueError as error:
            raise DetectionError(f'the detections cannot be used: {error}') from error

    def detect(self, inputs: Sequence[Detections]) -> list[Detections]:
        """Return the inputs, which are detections already."""
        return list(inputs)

    def image(self, value: Detections) -> None:
        """Return None: messages with detections have no image."""

    def close(self) -> None:
        """Do nothing: no model was loaded."""

    def _from_detections(self, message: Detection2DArray) -> Detections:
        boxes, scores, labels = [], [], []
        for detection in message.detections:
            if not detection.results:
                raise DetectionError('a detection has no results; expected at least one')
            best = max(detection.results, key=lambda r: _score(r.hypothesis.score)).hypothesis
            boxes.append(_corners(detection.bbox))
            scores.append(_score(best.score))
            labels.append(best.class_id)
        return self._detections(boxes, scores, None, labels)

    def _from_tracks(self, message: TrackArray) -> Detections:
        if len(message.model) > MAX_MODEL_LENGTH:
            raise DetectionError(
                f'the name of the model has {len(message.model)} characters; expected at most '
                f'{MAX_MODEL_LENGTH}'
            )
        tracks = message.tracks
        detections = self._detections(
            [_corners(track.bbox) for track in tracks],
            [_score(track.score) for track in tracks],
            _embeddings(message),
            [track.class_id for track in tracks],
        )
        self.model = message.model
        return detections

    def _detections(
        self,
        boxes: list[tuple[float, float, float, float]],
        scores: list[float],
        embeddings: np.ndarray | None,
        labels: Sequence[str],
    ) -> Detections:
        """Return validated detections and keep their labels."""
        numbers = self._numbers_with(labels)
        with np.errstate(over='ignore'):  # `Detections` rejects infinite boxes
            boxes_xyxy = np.array(boxes, np.float32).reshape(-1, 4)
        detections = Detections(
            boxes_xyxy,
            scores,
            embeddings,
            [numbers[label] for label in labels],
        )
        self._numbers = numbers
        return detections

    def _numbers_with(self, labels: Iterable[str]) -> dict[str, int]:
        """Return the class numbers of all known labels and of the given ones."""
        new = [label for label in dict.fromkeys(labels) if label not in self._numbers]
        if not new:
            return self._numbers
        longest = max(map(len, new))
        if longest > MAX_LABEL_LENGTH:
            raise DetectionError(
                f'a class label has {longest} characters; expected at most {MAX_LABEL_LENGTH}'
            )
        if len(self._numbers) + len(new) > MAX_LABELS:
            raise DetectionError(
                f'{new[0]!r} exceeds the limit of {MAX_LABELS} class labels: class_id must be the '
                'class of an object, not an identifier of the object'
            )
        return {**self._numbers, **{n: len(self._numbers) + i for i, n in enumerate(new)}}


def _embeddings(message: TrackArray) -> np.ndarray:
    """Return the embeddings, float32 [N, D]; [0, 0] without tracks."""
    tracks = message.tracks
    if not tracks:
        return np.zeros((0, 0), np.float32)
    lengths = {len(track.embedding) for track in tracks}
    if len(lengths) > 1 or lengths == {0}:
        raise DetectionError(
            'all embeddings must have the same positive length, got lengths '
            f'{", ".join(map(str, sorted(lengths)))}'
        )
    embeddings = np.array([track.embedding for track in tracks], np.float32)
    if not np.isfinite(embeddings).all() or not embeddings.any(axis=1).all():
        raise DetectionError('an embedding is zero or a value of it is not finite')
    return embeddings


def _score(score: float) -> float:
    """Return a score clipped to 0..1; reject one that differs by more than rounding."""
    if not -ROUNDING <= score <= 1 + ROUNDING:
        raise DetectionError(f'a detection has the score {score:g}; expected 0 to 1')
    return min(max(score, 0.0), 1.0)


def _corners(box: BoundingBox2D) -> tuple[float, float, float, float]:
    if not (box.size_x > 0 and box.size_y > 0):
        raise DetectionError(f'a box has no area: {box.size_x:g} x {box.size_y:g} pixels')
    x, y = box.center.position.x, box.center.position.y
    return x - box.size_x / 2, y - box.size_y / 2, x + box.size_x / 2, y + box.size_y / 2
