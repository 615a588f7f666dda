# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Conversion of tracks to messages."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from typing import Any

from builtin_interfaces.msg import Duration
from std_msgs.msg import Header
from vision_msgs.msg import (
    BoundingBox2D,
    Detection2D,
    Detection2DArray,
    LabelInfo,
    ObjectHypothesisWithPose,
    VisionClass,
    VisionInfo,
)

from fairmot_ros.msg import Track as TrackMessage
from fairmot_ros.msg import TrackArray, TrackEvent
from fairmot_ros.types import Track


class TrackConverter:
    """Converts the tracks of one camera, with class labels and names of enrolled people."""

    def __init__(
        self,
        labels: Sequence[str],
        model: str,
        class_id_format: str = 'name',
        camera: str = '',
        names: Mapping[int, str] | None = None,
    ) -> None:
        """Store what the messages need beside the tracks.

        Args:
            labels: name of each class.
            model: identifier of the model that computes the embeddings.
            class_id_format: content of `class_id`: 'name' or 'index'.
            camera: name of the camera, '' for a single unnamed camera.
            names: names of enrolled people by track id.
        """
        self.labels = labels
        self.model = model
        self.class_id_format = class_id_format
        self._names = names or {}
        self._id_prefix = f'{camera}/' if camera else ''
        self._boxes: dict[int, BoundingBox2D] = {}

    def id_of(self, track_id: int) -> str:
        """Return the id of a track within the node: `<n>`, or `<camera>/<n>`."""
        return f'{self._id_prefix}{track_id}'

    def name_of(self, track_id: int) -> str:
        """Return the name of the enrolled person a track was recognised as, or ''."""
        return self._names.get(track_id, '')

    def identity(self, track: Track) -> dict[str, Any]:
        """Return the fields that all messages about a track share, by name."""
        return {
            'track_id': track.track_id,
            'id': self.id_of(track.track_id),
            'name': self.name_of(track.track_id),
            'class_id': self._class_id(track),
        }

    def detections(self, tracks: Sequence[Track], header: Header) -> Detection2DArray:
        """Return tracks as detections with the track ids as `id`."""
        return Detection2DArray(
            header=header, detections=[self._detection(track, header) for track in tracks]
        )

    def tracks(
        self, tracks: Sequence[Track], header: Header, *, embeddings: bool = True
    ) -> TrackArray:
        """Return tracks with state, velocity, covariance and, if `embeddings`, embeddings."""
        return TrackArray(
            header=header,
            model=self.model,
            tracks=[self._track(track, embeddings) for track in tracks],
        )

    def label_info(self, header: Header, threshold: float) -> LabelInfo:
        """Return the class labels by index, and the score threshold of the tracker."""
        classes = [VisionClass(class_id=i, class_name=name) for i, name in enumerate(self.labels)]
        return LabelInfo(header=header, class_map=classes, threshold=threshold)

    def vision_info(self, header: Header, weights: str, runtime: str) -> VisionInfo:
        """Return the model, its runtime library and the path of its weights."""
        method = ', '.join(filter(None, (f'FairMOT {self.model}', runtime)))
        return VisionInfo(header=header, method=method, database_location=weights)

    def _class_id(self, track: Track) -> str:
        if self.class_id_format == 'index':
            return str(track.class_id)
        return self.labels[track.class_id]

    def hypothesis(self, track: Track) -> ObjectHypothesisWithPose:
        """Return class id and score of a track."""
        result = ObjectHypothesisWithPose()
        result.hypothesis.class_id = self._class_id(track)
        result.hypothesis.score = float(track.score)
        return result

    def event(self, kind: int, track: Track) -> TrackEvent:
        """Return an event; `kind` is one of the constants of TrackEvent."""
        return TrackEvent(
            **self.identity(track),
            kind=kind,
            bbox=_bounding_box(track),  # of the last match, unlike that of a lost track
            age=duration(track.age),
        )

    def _bounding_box(self, track: Track) -> BoundingBox2D:
        """Return the box of a track of this frame; all messages of the frame share it."""
        box = self._boxes.get(track.track_id)
        if box is None:
            box = self._boxes[track.track_id] = _bounding_box(track)
        return box

    def _detection(self, track: Track, header: Header) -> Detection2D:
        return Detection2D(
            header=header,
            results=[self.hypothesis(track)],
            bbox=self._bounding_box(track),
            id=self.id_of(track.track_id),
        )

    def _track(self, track: Track, embeddings: bool) -> TrackMessage:
        message = TrackMessage(
            **self.identity(track),
            score=float(track.score),
            state=int(track.state),
            bbox=self._bounding_box(track),
            velocity=track.velocity,
            bbox_covariance=track.covariance.ravel(),
            age=duration(track.age),
            time_since_update=duration(track.time_since_update),
            hits=track.hits,
        )
        if embeddings and track.embedding is not None:
            message.embedding = array('f', track.embedding.tobytes())
        return message


def _bounding_box(track: Track) -> BoundingBox2D:
    left, top, width, height = track.box_xywh.tolist()
    box = BoundingBox2D(size_x=width, size_y=height)
    box.center.position.x = left + width / 2
    box.center.position.y = top + height / 2
    return box


def duration(seconds: float) -> Duration:
    """Return a duration message, rounded to nanoseconds."""
    nanoseconds = round(seconds * 1e9)
    return Duration(sec=nanoseconds // 1_000_000_000, nanosec=nanoseconds % 1_000_000_000)
