# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tracks of the default association: predict, correct, spawn and prune."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.tracker.embeddings import unit_length
from fairmot_ros.tracker.matching.candidate_pairs import Indices
from fairmot_ros.tracker.matching.observations import Observations
from fairmot_ros.tracker.motion import kalman
from fairmot_ros.tracker.motion.models import DEFAULT_MOTION as MOTION
from fairmot_ros.tracker.table import TrackTable

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

#: Measurement variance is scaled by ``1 + SCORE_NOISE * (1 - relative score)``.
SCORE_NOISE = 2.0
#: Time constant, in seconds, of the velocity decay of unmatched tracks.
VELOCITY_DECAY = 1.7
#: Smallest width and height of a predicted box, in pixels.
MIN_SIZE = 1.0


@dataclass(eq=False)
class DefaultTable(TrackTable):
    """Tracks in the order in which they were spawned; times are in seconds.

    Attributes:
        evidence: float64 [N], sum over the detections of each track; see `thresholds.evidence`.
    """

    evidence: Array = field(default_factory=lambda: np.zeros(0))

    def predict(self, seconds: float, unmatched: Mask) -> None:
        """Move all tracks forward in time; unmatched ones keep their size and slow down.

        Args:
            seconds: since the last frame.
            unmatched: [N], which tracks were not matched in the last frame.
        """
        state, rows = self.state, unmatched.nonzero()[0]
        if len(rows):
            state[kalman.V][:2, rows] *= np.exp(-seconds / VELOCITY_DECAY)
            state[kalman.V][2:, rows] = 0
        MOTION.predict(state, seconds)
        np.maximum(state[kalman.P, 2:], MIN_SIZE, out=state[kalman.P, 2:])

    def correct(
        self, rows: Indices, observations: Observations, columns: Indices, now: float
    ) -> None:
        """Update the filter, score, time and number of hits of matched tracks.

        Args:
            rows: [K], the tracks.
            observations: detections of the frame.
            columns: [K], the detection of each track.
            now: time of the frame.
        """
        state = self.state.take(rows, 2)
        measurements = observations.measurements.take(columns, 1)
        single = (self.hits.take(rows) == 1).nonzero()[0]
        if len(single):
            inflated = state.take(single, 2)
            MOTION.inflate_velocity_variance(
                inflated, measurements.take(single, 1), now - self.seen.take(rows.take(single))
            )
            state[:, :, single] = inflated
        noise_scale = 1 + SCORE_NOISE * (1 - observations.relative_scores.take(columns))
        MOTION.update(state, measurements, noise_scale)
        self.state[:, :, rows] = state
        self.scores[rows] = observations.scores.take(columns)
        self.seen[rows] = now
        self.hits[rows] += 1

    def add_evidence(self, rows: Indices, evidence: Array, threshold: float) -> None:
        """Add evidence [K] to tracks and confirm those that reach the threshold."""
        self.evidence[rows] += evidence
        self.confirmed[rows] |= self.evidence.take(rows) >= threshold

    def smooth_embeddings(
        self, rows: Indices, embeddings: NDArray[np.float32], momentum: float
    ) -> None:
        """Blend new embeddings [K, D] into those of tracks.

        Args:
            rows: [K], the tracks.
            embeddings: of their detections.
            momentum: weight of the previous embedding.
        """
        weight = np.float32(momentum)
        old = self.embeddings.take(rows, 0)
        self.embeddings[rows] = unit_length(weight * old + (1 - weight) * embeddings)

    def without_expired(self, timeout: Array, now: float) -> DefaultTable:
        """Return the tracks that have been unmatched for at most `timeout` [N], in seconds."""
        kept = (now - self.seen <= timeout).nonzero()[0]
        return self.take(kept) if len(kept) < len(self) else self

    def with_spawned(
        self,
        observations: Observations,
        columns: Indices,
        *,
        first_id: int,
        now: float,
        confirmed: Mask,
        evidence: Array,
    ) -> DefaultTable:
        """Return the tracks followed by new ones.

        Args:
            observations: detections of the frame.
            columns: [K], the detections that spawn a track.
            first_id: id of the first new track; the others follow.
            now: time of the frame.
            confirmed: [K], whether each new track is confirmed.
            evidence: [K], initial evidence of each new track.
        """
        spawned = DefaultTable.spawned(
            MOTION.initiate(observations.measurements.take(columns, 1)),
            class_ids=observations.class_ids.take(columns),
            scores=observations.scores.take(columns),
            embeddings=observations.embeddings.take(columns, 0),
            first_id=first_id,
            now=now,
            confirmed=confirmed,
            evidence=evidence,
        )
        return self.joined(spawned)
