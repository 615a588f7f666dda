# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Data passed between the layers: detections and tracks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from enum import IntEnum
from functools import cached_property
from itertools import repeat
from typing import Any, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fairmot_ros.boxes import xywh_to_xyxy

FloatArray = NDArray[np.float32]


@dataclass(frozen=True, init=False, eq=False)
class Detections:
    """Detections of one image, in the given order.

    Attributes:
        boxes_xyxy: float32 [N, 4], left, top, right, bottom in source-image pixels.
        scores: float32 [N], confidence, usually in 0..1; any finite value is allowed.
        embeddings: float32 [N, D], appearance vectors of any length, or None.
        class_ids: int64 [N], index into the model's labels.

    Examples:
        >>> from fairmot_ros.types import Detections
        >>> boxes = [[10, 20, 60, 180], [200, 30, 250, 190]]
        >>> detections = Detections(boxes, scores=[0.5, 0.75])
        >>> len(detections), detections.class_ids.tolist()
        (2, [0, 0])
        >>> detections[detections.scores > 0.6].boxes_xyxy.tolist()
        [[200.0, 30.0, 250.0, 190.0]]
    """

    boxes_xyxy: FloatArray
    scores: FloatArray
    embeddings: FloatArray | None
    class_ids: NDArray[np.int64]

    def __init__(
        self,
        boxes_xyxy: ArrayLike,
        scores: ArrayLike,
        embeddings: ArrayLike | None = None,
        class_ids: ArrayLike | None = None,
    ) -> None:
        """Convert and check the arrays; see the attributes.

        Raises:
            ValueError: if a shape is wrong, or a box or score is not finite.
        """
        boxes = np.asarray(boxes_xyxy, dtype=np.float32)
        if boxes.size == 0:
            boxes = boxes.reshape(0, 4)
        if boxes.ndim != 2 or boxes.shape[1] != 4:
            raise ValueError(f'boxes_xyxy must have shape [N, 4], got {list(boxes.shape)}')
        count = len(boxes)
        set_field = object.__setattr__
        set_field(self, 'boxes_xyxy', boxes)
        set_field(self, 'scores', _column(scores, 'scores', count, np.float32))
        if class_ids is None:
            class_ids = np.zeros(count, dtype=np.int64)
        set_field(self, 'class_ids', _column(class_ids, 'class_ids', count, np.int64))
        if embeddings is not None:
            embeddings = np.asarray(embeddings, dtype=np.float32)
            if embeddings.size == 0 and count == 0:
                embeddings = embeddings.reshape(0, embeddings.shape[-1] if embeddings.ndim else 0)
            if embeddings.ndim != 2 or len(embeddings) != count:
                raise ValueError(
                    f'embeddings must have shape [{count}, D], got {list(embeddings.shape)}'
                )
        set_field(self, 'embeddings', embeddings)
        finite = np.isfinite(self.boxes_xyxy).all(axis=1) & np.isfinite(self.scores)
        if not finite.all():
            rows = np.flatnonzero(~finite).tolist()
            raise ValueError(f'boxes and scores must be finite numbers; rows {rows} are not')

    def __len__(self) -> int:
        return len(self.boxes_xyxy)

    def __getitem__(self, rows: slice | NDArray) -> Detections:
        """Return the detections selected by a slice, boolean mask or index array."""
        return Detections(
            self.boxes_xyxy[rows],
            self.scores[rows],
            None if self.embeddings is None else self.embeddings[rows],
            self.class_ids[rows],
        )

    def best(self, count: int) -> Detections:
        """Return the `count` detections with the highest scores, without changing their order.

        Of equal scores, the first ones are kept.

        Examples:
            >>> from fairmot_ros.types import Detections
            >>> Detections([[0, 0, 1, 1]] * 4, [0.5, 1.0, 0.5, 0.75]).best(3).scores.tolist()
            [0.5, 1.0, 0.75]
        """
        if len(self) <= count:
            return self
        return self[np.sort(np.argsort(-self.scores, kind='stable')[:count])]

    @staticmethod
    def empty(embedding_size: int | None = None) -> Detections:
        """Return an instance without detections.

        Args:
            embedding_size: D of the empty embeddings; None for no embeddings.
        """
        embeddings = None if embedding_size is None else np.zeros((0, embedding_size), np.float32)
        return Detections(np.zeros((0, 4)), np.zeros(0), embeddings)


def _column(values: ArrayLike, name: str, count: int, dtype: type) -> NDArray:
    column: NDArray = np.asarray(values, dtype=dtype)
    if column.shape != (count,):
        raise ValueError(f'{name} must have shape [{count}], got {list(column.shape)}')
    return column


class TrackState(IntEnum):
    """State of a track; the values are those of Track.msg."""

    TENTATIVE = 0
    TRACKED = 1
    LOST = 2
    REMOVED = 3


@dataclass(eq=False)
class Track:
    """One track after an update; later updates do not change it.

    The dataclass is not frozen because that would make its creation ten times slower.

    Attributes:
        track_id: positive; unique within a tracker.
        box_xywh: float64 [4], left, top, width, height in pixels: the filter's state.
        score: confidence of the last matched detection.
        class_id: index into the model's labels.
        velocity: float64 [2], pixels per second of the box centre.
        covariance: float64 [4, 4] over centre x, centre y, width, height in pixels.
        embedding: float32 [D], smoothed appearance of unit length, or None.
        state: tentative, tracked, lost or removed.
        hits: number of matched detections.
        age: seconds since the first detection.
        time_since_update: seconds since the last matched detection.
    """

    track_id: int
    box_xywh: NDArray[np.float64]
    score: float
    class_id: int
    velocity: NDArray[np.float64]
    covariance: NDArray[np.float64]
    embedding: FloatArray | None
    state: TrackState
    hits: int
    age: float
    time_since_update: float

    @property
    def box_xyxy(self) -> NDArray[np.float64]:
        """Left, top, right, bottom in pixels, float64 [4]."""
        return xywh_to_xyxy(self.box_xywh)


@dataclass(frozen=True, eq=False)
class Tracks(Sequence[Track]):
    """Tracks after an update, as arrays of one entry per track; later updates do not change them.

    Iteration and integer indices return `Track` objects; slices, masks and index arrays return
    `Tracks`.

    Attributes:
        ids: int64 [N], positive; unique within a tracker.
        boxes_xywh: float64 [N, 4], left, top, width, height in pixels: the filter's state.
        scores: float32 [N], confidence of the last matched detection.
        class_ids: int64 [N], index into the model's labels.
        velocities: float64 [N, 2], pixels per second of the box centre.
        covariances: float64 [N, 4, 4] over centre x, centre y, width, height in pixels.
        embeddings: float32 [N, D], smoothed appearance of unit length, or None.
        states: uint8 [N], values of `TrackState`.
        hits: int64 [N], number of matched detections.
        ages: float64 [N], seconds since the first detection.
        times_since_update: float64 [N], seconds since the last matched detection.

    Examples:
        >>> from fairmot_ros.tracker import Tracker
        >>> from fairmot_ros.types import Detections
        >>> boxes = [[10, 20, 60, 180], [200, 30, 250, 190]]
        >>> tracks = Tracker().update(Detections(boxes, [0.9, 0.8]), stamp=0.0)
        >>> tracks.ids.tolist(), tracks.boxes_xyxy.shape
        ([1, 2], (2, 4))
        >>> [track.track_id for track in tracks]
        [1, 2]
        >>> tracks[tracks.ids == 2].boxes_xyxy.tolist()
        [[200.0, 30.0, 250.0, 190.0]]
    """

    ids: NDArray[np.int64]
    boxes_xywh: NDArray[np.float64]
    scores: FloatArray
    class_ids: NDArray[np.int64]
    velocities: NDArray[np.float64]
    covariances: NDArray[np.float64]
    embeddings: FloatArray | None
    states: NDArray[np.uint8]
    hits: NDArray[np.int64]
    ages: NDArray[np.float64]
    times_since_update: NDArray[np.float64]

    @property
    def boxes_xyxy(self) -> NDArray[np.float64]:
        """Left, top, right, bottom in pixels, float64 [N, 4]."""
        return xywh_to_xyxy(self.boxes_xywh)

    def __len__(self) -> int:
        return len(self.ids)

    def __iter__(self) -> Iterator[Track]:
        return iter(self._items)

    @overload
    def __getitem__(self, index: int) -> Track: ...

    @overload
    def __getitem__(self, index: slice | NDArray) -> Tracks: ...

    def __getitem__(self, index: int | slice | NDArray) -> Track | Tracks:
        if isinstance(index, (int, np.integer)):
            return self._items[index]
        columns = (getattr(self, spec.name) for spec in fields(self))
        chosen: list[Any] = [None if column is None else column[index] for column in columns]
        return Tracks(*chosen)

    def __eq__(self, other: object) -> bool:
        """Return whether both have the same `Track` objects in the same order, like lists."""
        if not isinstance(other, Sequence):
            return NotImplemented
        return len(self) == len(other) and all(a is b for a, b in zip(self, other))

    __hash__ = None  # type: ignore[assignment]

    @cached_property
    def _items(self) -> list[Track]:
        """The tracks as objects, with numbers converted to Python types."""
        columns = (
            self.ids.tolist(),
            self.boxes_xywh,
            self.scores.tolist(),
            self.class_ids.tolist(),
            self.velocities,
            self.covariances,
            repeat(None) if self.embeddings is None else self.embeddings,
            map(TRACK_STATES.__getitem__, self.states.tolist()),
            self.hits.tolist(),
            self.ages.tolist(),
            self.times_since_update.tolist(),
        )
        return list(map(Track, *columns))

    @staticmethod
    def of(tracks: Iterable[Track]) -> Tracks:
        """Convert track objects to arrays; all or none of them must have embeddings."""
        items = list(tracks)
        columns: list[Any] = []
        for name, (dtype, shape) in TRACK_COLUMNS.items():
            values = [getattr(track, name) for track in items]
            absent = name == 'embedding' and not (values and values[0] is not None)
            columns.append(
                None if absent else np.array(values, dtype).reshape(len(values), *shape)
            )
        return Tracks(*columns)


TRACK_STATES = tuple(TrackState)
#: Type and shape of the entries of each array of `Tracks`, by the attribute name in `Track`.
TRACK_COLUMNS: dict[str, tuple[type, tuple[int, ...]]] = {
    'track_id': (np.int64, ()),
    'box_xywh': (np.float64, (4,)),
    'score': (np.float32, ()),
    'class_id': (np.int64, ()),
    'velocity': (np.float64, (2,)),
    'covariance': (np.float64, (4, 4)),
    'embedding': (np.float32, (-1,)),
    'state': (np.uint8, ()),
    'hits': (np.int64, ()),
    'age': (np.float64, ()),
    'time_since_update': (np.float64, ()),
}
