# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Evidence, over several frames, that a track is the followed person."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

#: Distances in units of `follow_distance`: advantage that one person needs over another; limit up
#: to which a track may be the person, within which are 10 % of the pairs of different people in
#: PETA for the default model and distance; novelty of a view to keep.
MARGIN, PLAUSIBLE, NOVELTY = 0.5, 2.7, 0.3
#: Largest ratio of the distance to the person and the one to the nearest alternative. This is the
#: test of Lowe (2004), section 7.1; he takes 0.8 where errors matter less.
RATIO = 0.5
#: Change between two frames, and between the means of the last frames and of those before, that is
#: no change of pose; in the same unit; and number of frames in each mean.
SUDDEN, JUMP, COMPARED = 6.0, 3.0, 3
#: Votes that decide, and the seconds between two votes, as consecutive frames are alike.
DECISIVE, VOTE_PERIOD = 3, 0.1
#: Number of frames whose embeddings are averaged.
AVERAGED = 10


@dataclass(frozen=True)
class Likeness:
    """Distances of an embedding to the followed person and to the nearest alternative.

    Attributes:
        own: to the nearest view of the followed person, in units of `follow_distance`.
        other: to the nearest view of the people it may be instead, in the same unit.
        all_known: whether it can only be one of these people.
    """

    own: float
    other: float
    all_known: bool

    @property
    def vote(self) -> int:
        """1 for the followed person, -1 for someone else, 0 if it is not clear."""
        limit = PLAUSIBLE if self.all_known else 1.0
        if self.own <= min(limit, self.other - MARGIN, RATIO * self.other):
            return 1
        if self.other + MARGIN <= self.own:
            return -1
        return -1 if self.own > PLAUSIBLE and not self.all_known else 0


@dataclass
class Evidence:
    """Observations of one track since it has come into question.

    Attributes:
        mean: float32 [D], mean embedding of the last frames; None without any.
        votes: sum of the votes, limited to ±`DECISIVE`.
        distance: of the mean to the followed person, in units of `follow_distance`.
    """

    mean: NDArray[np.float32] | None = None
    votes: int = 0
    distance: float = float('inf')
    _count: int = field(default=0, repr=False)
    _last_vote: float = field(default=-float('inf'), repr=False)

    def observe(self, embedding: NDArray[np.float32]) -> NDArray[np.float32]:
        """Add the embedding [D] of a frame; return the mean of the last ones."""
        self._count = min(self._count + 1, AVERAGED)
        mean = embedding if self.mean is None else self.mean
        self.mean = mean + (embedding - mean) / np.float32(self._count)
        return self.mean

    def add(self, likeness: Likeness, stamp: float) -> None:
        """Note the likeness of the mean; it is a vote unless the last one was just before."""
        self.distance = likeness.own
        if stamp - self._last_vote >= VOTE_PERIOD:
            self._last_vote = stamp
            self.votes = min(max(self.votes + likeness.vote, -DECISIVE), DECISIVE)

    @property
    def is_accepted(self) -> bool:
        """Whether it is the followed person."""
        return self.votes >= DECISIVE

    @property
    def is_rejected(self) -> bool:
        """Whether it is someone else."""
        return self.votes <= -DECISIVE


class Continuity:
    """Recent embeddings of a track that should be one person: a turn is gradual, a swap is not."""

    def __init__(self) -> None:
        """Start without embeddings."""
        self._recent: deque[NDArray[np.float32]] = deque(maxlen=2 * COMPARED)

    def changed(self, embedding: NDArray[np.float32], unit: float) -> bool:
        """Add the embedding [D] of a frame; return whether it differs too much from the last ones.

        Args:
            embedding: of unit length.
            unit: `follow_distance`.
        """
        recent = self._recent
        if recent and recent[-1].shape != embedding.shape:
            recent.clear()
        sudden = bool(recent) and _distance(embedding, recent[-1]) > SUDDEN * unit
        recent.append(embedding)
        if len(recent) < 2 * COMPARED:
            return sudden
        before, now = np.split(np.array(recent), 2)
        return sudden or _distance(before.mean(axis=0), now.mean(axis=0)) > JUMP * unit


def _distance(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    """Return the cosine distance of two vectors [D]."""
    return 1.0 - float(a @ b) / float(np.linalg.norm(a) * np.linalg.norm(b))
