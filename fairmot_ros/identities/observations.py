# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Input of the matching: what one source saw at one time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fairmot_ros.tracker.gallery.embedding_store import as_unit

Vector = NDArray[np.float64]


@dataclass(frozen=True, init=False, eq=False)
class Observation:
    """One track of one source in one frame.

    Attributes:
        track_id: id of the track, unique within the source.
        box_xyxy: float64 [4], box in pixels of the source.
        embedding: float32 [D] of unit length, None without one.
        position: float64 [2], metres on the ground plane of a frame that is common to all sources;
            None if it is unknown.
        covariance: float64 [2, 2] of the position, m²; None exactly if the position is unknown.
        class_id: only tracks of the same class can be one identity.
        age: seconds since the first detection of the track, None if unknown. It tells a track from
            an earlier one with the same id, as after a restart of the source.
    """

    track_id: str
    box_xyxy: Vector
    embedding: NDArray[np.float32] | None
    position: Vector | None
    covariance: Vector | None
    class_id: str
    age: float | None

    def __init__(
        self,
        track_id: str | int,
        box_xyxy: ArrayLike,
        embedding: ArrayLike | None = None,
        position: ArrayLike | None = None,
        covariance: ArrayLike | None = None,
        class_id: str = '',
        age: float | None = None,
    ) -> None:
        """Convert and check the values; see the attributes.

        A position may have three coordinates, and its covariance may be [3, 3]; the first two,
        which span the ground plane, are used.

        Raises:
            ValueError: if a shape is wrong or a value is not finite.
        """
        set_field = object.__setattr__
        set_field(self, 'track_id', str(track_id))
        set_field(self, 'box_xyxy', _finite(box_xyxy, 'box_xyxy', (4,)))
        set_field(self, 'embedding', None if embedding is None else as_unit(embedding))
        if (position is None) != (covariance is None):
            raise ValueError('position and covariance must both be given, or none of them')
        for name, value, shape in (
            ('position', position, (2,)),
            ('covariance', covariance, (2, 2)),
        ):
            if value is not None:
                value = np.asarray(value, np.float64)[tuple(slice(2) for _ in shape)]
                value = _finite(value, name, shape)
            set_field(self, name, value)
        set_field(self, 'class_id', class_id)
        set_field(self, 'age', None if age is None else float(_finite(age, 'age', ())))


@dataclass(frozen=True)
class SourceFrame:
    """All tracks that one source saw at one time.

    Attributes:
        source: name of the source, one camera.
        stamp: time of the image in seconds, by the clock of the source.
        model: what made the embeddings; only embeddings of equal models are compared.
        observations: of the tracks seen in this frame, not of lost or tentative ones.
    """

    source: str
    stamp: float
    model: str
    observations: tuple[Observation, ...]

    def __post_init__(self) -> None:
        """Raise ValueError if a value cannot be used."""
        if not self.source:
            raise ValueError('the name of the source is empty; expected at least one character')
        if not math.isfinite(self.stamp):
            raise ValueError(f'the stamp must be a finite number of seconds, got {self.stamp}')
        object.__setattr__(self, 'observations', tuple(self.observations))
        ids = [observation.track_id for observation in self.observations]
        if len(set(ids)) < len(ids):
            twice = next(track_id for track_id in ids if ids.count(track_id) > 1)
            raise ValueError(
                f'track {twice} occurs twice in a frame of {self.source}; expected ids '
                'that are unique within a source'
            )
        _check_sizes(self.observations)


def _check_sizes(observations: Sequence[Observation]) -> None:
    sizes = {len(o.embedding) for o in observations if o.embedding is not None}
    if len(sizes) > 1:
        raise ValueError(
            f'the embeddings of a frame have {" and ".join(map(str, sorted(sizes)))} numbers; '
            'expected one size, as they are of one model'
        )


def _finite(value: ArrayLike, name: str, shape: tuple[int, ...]) -> Vector:
    array = np.asarray(value, np.float64)
    if array.shape != shape or not np.isfinite(array).all():
        raise ValueError(
            f'{name} must be {list(shape)} finite numbers, got shape {list(array.shape)}: '
            f'{array.tolist()}'
        )
    return array
