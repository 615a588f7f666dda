# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Evidence of a link from appearance, on a scale that the recording itself provides.

How far apart embeddings of the same person and of different people are depends on the model, the
camera and the light. Both are measured in the recording: samples of one track belong to the same
person, and tracks that are visible at the same time belong to different people.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.evaluation.refinement.candidate_links import Indices
from fairmot_ros.evaluation.refinement.embedding_samples import EmbeddingSamples
from fairmot_ros.evaluation.refinement.tracklets import Tracklets

#: Distances that are assumed before any is measured: mean and standard deviation of the same
#: person's and of different people's, and the number of measurements that they count as.
SAME_PRIOR, OTHER_PRIOR, PRIOR_WEIGHT = (0.1, 0.08), (0.4, 0.2), 10.0
#: Largest amount of evidence, in both directions: people change clothes rarely, but turn around.
MAX_EVIDENCE = 3.0
#: Largest number of tracks whose pairs are measured, spread evenly over the recording.
MAX_MEASURED = 400


@dataclass(frozen=True, eq=False)
class Appearances:
    """Appearance of tracklets.

    Attributes:
        vectors: float64 [T, D], mean embedding of unit length; zeros where there is none.
        known: bool [T], whether a tracklet has an embedding.
        same: mean and standard deviation of the distances within tracklets.
        other: mean and standard deviation of the distances between tracklets that coexist.
    """

    vectors: NDArray[np.float64]
    known: NDArray[np.bool_]
    same: tuple[float, float]
    other: tuple[float, float]

    def evidence(self, earlier: Indices, later: Indices) -> NDArray[np.float64]:
        """Return the log-likelihood ratio [P] of links; 0 where an embedding is missing."""
        distances = 1 - np.einsum('pd,pd->p', self.vectors[earlier], self.vectors[later])
        ratio = _log_density(distances, self.same) - _log_density(distances, self.other)
        # Beyond the means, the tails of the wider distribution would reverse the sign.
        ratio = np.where(distances <= self.same[0], np.maximum(ratio, 0.0), ratio)
        ratio = np.where(distances >= self.other[0], np.minimum(ratio, 0.0), ratio)
        ratio = np.clip(ratio, -MAX_EVIDENCE, MAX_EVIDENCE)
        return np.where(self.known[earlier] & self.known[later], ratio, 0.0)


def measure_appearances(tracklets: Tracklets, samples: EmbeddingSamples) -> Appearances:
    """Average the samples of each tracklet and measure the distances in the recording."""
    vectors = np.zeros((len(tracklets), samples.vectors.shape[1]))
    halves = np.zeros((2, *vectors.shape))
    row_of = {track: row for row, track in enumerate(tracklets.ids.tolist())}
    rows = np.array([row_of.get(i, -1) for i in samples.track_ids.tolist()], np.int64)
    kept = np.flatnonzero(rows >= 0)
    kept = kept[np.lexsort((samples.stamps[kept], rows[kept]))]
    rows = rows[kept]
    embeddings = _unit(samples.vectors[kept].astype(np.float64))
    middle = (tracklets.starts + tracklets.ends)[rows] / 2
    np.add.at(vectors, rows, embeddings)
    np.add.at(halves, ((samples.stamps[kept] > middle).astype(np.int64), rows), embeddings)
    known = np.abs(vectors).sum(axis=1) > 0
    vectors = _unit(vectors)
    both = (np.abs(halves).sum(axis=2) > 0).all(axis=0)
    same = 1 - np.einsum('td,td->t', _unit(halves[0][both]), _unit(halves[1][both]))
    return Appearances(
        vectors,
        known,
        _moments(same, SAME_PRIOR),
        _moments(_coexisting_distances(tracklets, vectors, known), OTHER_PRIOR),
    )


def _coexisting_distances(
    tracklets: Tracklets, vectors: NDArray[np.float64], known: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return the distances of pairs of tracklets that overlap in time."""
    chosen = np.flatnonzero(known)
    if len(chosen) > MAX_MEASURED:
        chosen = chosen[np.linspace(0, len(chosen) - 1, MAX_MEASURED).astype(np.int64)]
    starts, ends = tracklets.starts[chosen], tracklets.ends[chosen]
    overlap = (starts[:, None] <= ends) & (starts <= ends[:, None])
    first, second = np.nonzero(np.triu(overlap, 1))
    similarities: NDArray[np.float64] = np.einsum(
        'pd,pd->p', vectors[chosen[first]], vectors[chosen[second]]
    )
    return 1 - similarities


def _moments(distances: NDArray[np.float64], prior: tuple[float, float]) -> tuple[float, float]:
    """Return mean and standard deviation, weighted with a prior mean and deviation."""
    mean, deviation = prior
    total = len(distances) + PRIOR_WEIGHT
    centre = (distances.sum() + PRIOR_WEIGHT * mean) / total
    squares = ((distances - centre) ** 2).sum()
    squares += PRIOR_WEIGHT * (deviation**2 + (mean - centre) ** 2)
    return float(centre), float(np.sqrt(squares / total))


def _log_density(values: NDArray[np.float64], moments: tuple[float, float]) -> NDArray[np.float64]:
    mean, deviation = moments
    return -0.5 * ((values - mean) / deviation) ** 2 - np.log(deviation)


def _unit(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    norms = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return vectors / np.where(norms > 0, norms, 1.0)
