# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Embeddings of tracks, sampled at intervals, as input of the refinement."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.types import FloatArray, Tracks

#: Seconds between two samples of a track. Embeddings of tracks are smoothed over about a second
#: of detections, so more samples would cost memory and add little.
INTERVAL = 0.5


@dataclass(frozen=True, eq=False)
class EmbeddingSamples:
    """Embeddings of tracks at some of their frames.

    Attributes:
        track_ids: int64 [K].
        stamps: float64 [K], seconds.
        vectors: float32 [K, D], of any length.
    """

    track_ids: NDArray[np.int64]
    stamps: NDArray[np.float64]
    vectors: FloatArray

    def __post_init__(self) -> None:
        count = len(self.track_ids)
        if len(self.stamps) != count or self.vectors.ndim != 2 or len(self.vectors) != count:
            raise ValueError(
                f'expected stamps [{count}] and vectors [{count}, D], as there are {count} track '
                f'ids, got {list(np.shape(self.stamps))} and {list(self.vectors.shape)}'
            )
        if not np.isfinite(self.vectors).all():
            raise ValueError('embeddings must be finite numbers')


class EmbeddingSampler:
    """Collects samples while a recording is tracked."""

    def __init__(self, interval: float = INTERVAL) -> None:
        """Start without samples; `interval` is the time between two samples of a track."""
        self._interval = interval
        self._next: dict[int, float] = {}
        self._ids: list[int] = []
        self._stamps: list[float] = []
        self._vectors: list[FloatArray] = []

    def add(self, tracks: Tracks, stamp: float) -> None:
        """Sample the tracks of a frame whose last sample is old enough."""
        if tracks.embeddings is None:
            return
        for row, track in enumerate(tracks.ids.tolist()):
            if stamp >= self._next.get(track, stamp):
                self._next[track] = stamp + self._interval
                self._ids.append(track)
                self._stamps.append(stamp)
                self._vectors.append(tracks.embeddings[row].copy())

    def samples(self) -> EmbeddingSamples | None:
        """Return the samples collected so far; None without any."""
        if not self._ids:
            return None
        return EmbeddingSamples(
            np.array(self._ids, np.int64), np.array(self._stamps), np.stack(self._vectors)
        )
