# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Which identity a track shows: candidates, their evidence, and a joint assignment."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from fairmot_ros.identities.calibration import UNCALIBRATED, Calibration, find_calibration
from fairmot_ros.identities.config import IdentitiesConfig
from fairmot_ros.identities.evidence import HANDOVER_SECONDS, LIMIT, reappearance, same_time
from fairmot_ros.identities.pair_evidence import PairEvidence
from fairmot_ros.identities.registry import Identity, Registry
from fairmot_ros.identities.tracklets import Tracklet
from fairmot_ros.tracker.matching.assignment import assign
from fairmot_ros.tracker.matching.candidate_pairs import CandidatePairs

#: Identities that the search by appearance returns for each track.
NEAREST = 20
#: Metres that are added to the distance a person can walk, in the first choice of candidates.
COARSE = 5.0
#: Limit of the evidence of appearance beside that of positions.
APPEARANCE_LIMIT = 2.0


class Candidate(NamedTuple):
    """An identity that a track may show.

    Attributes:
        identity: the identity.
        evidence: of appearance and positions together.
        similarity: cosine similarity, 0 without comparable embeddings.
    """

    identity: Identity
    evidence: float
    similarity: float


class Matcher:
    """Computes candidates of tracks."""

    def __init__(
        self,
        config: IdentitiesConfig,
        registry: Registry,
        pairs: PairEvidence,
        calibrations: Mapping[str, Calibration],
    ) -> None:
        """Use the given parts.

        Args:
            config: settings.
            registry: all identities.
            pairs: evidence of positions of tracks that are visible at the same time.
            calibrations: by model, see `find_calibration`.
        """
        self.config = config
        self._registry = registry
        self._pairs = pairs
        self._calibrations = calibrations

    def calibration(self, model: str) -> Calibration:
        """Return the calibration of a model."""
        return find_calibration(self._calibrations, model) or UNCALIBRATED

    def min_similarity(self, model: str) -> float:
        """Return the similarity at which two embeddings of a model are one person."""
        return self.config.min_similarity or self.calibration(model).threshold

    def match(self, tracklets: Sequence[Tracklet], now: float) -> list[Candidate | None]:
        """Return the identity of each track of one source, None for a new one.

        No two tracks get the same identity; the sum of the evidence is as large as possible.
        """
        rows, columns, cost, chosen = [], [], [], []
        numbers: dict[int, int] = {}
        for row, tracklet in enumerate(tracklets):
            for candidate in self.candidates(tracklet, now):
                if candidate.evidence > self.config.min_evidence:
                    rows.append(row)
                    columns.append(numbers.setdefault(candidate.identity.global_id, len(numbers)))
                    cost.append(-candidate.evidence)
                    chosen.append(candidate)
        found: list[Candidate | None] = [None] * len(tracklets)
        if rows:
            by_pair = {pair: c for pair, c in zip(zip(rows, columns), chosen)}
            shift = -min(cost)  # `assign` takes costs of 0 and more
            pairs = CandidatePairs(np.array(rows), np.array(columns), np.array(cost) + shift)
            threshold = shift - self.config.min_evidence
            for pair in zip(*(part.tolist() for part in assign(pairs, threshold))):
                found[pair[0]] = by_pair[pair]
        return found

    def candidates(self, tracklet: Tracklet, now: float) -> list[Candidate]:
        """Return the identities that a track may show, with their evidence."""
        possible = dict.fromkeys(self._within_reach(tracklet))
        possible.update(dict.fromkeys(self._similar(tracklet, now)))
        placed: list[tuple[Identity, float]] = []
        unplaced: list[Identity] = []
        for identity in possible:
            if self.excluded(tracklet, identity):
                continue
            evidence = self.position_evidence(tracklet, identity)
            if evidence is None:
                unplaced.append(identity)
            elif evidence > -math.inf:
                placed.append((identity, evidence))
        found = []
        for identity, evidence in placed:
            similarity = self.similarity(tracklet, identity)
            evidence += self.beside_positions(tracklet, similarity)
            found.append(Candidate(identity, evidence, similarity or 0.0))
        # Nothing but their appearance tells the others apart. Beforehand, the track is equally
        # likely any of the known identities, or of those with a name, or a new one.
        prior = -math.log(len(self._registry.identities) + 1)
        prior_of_named = -math.log(len(self._registry.named) + 1)
        for identity in unplaced:
            similarity = self.similarity(tracklet, identity)
            if similarity is None or similarity < self.min_similarity(tracklet.model):
                continue
            evidence = self.appearance_evidence(tracklet, similarity)
            evidence += prior_of_named if identity.name else prior
            found.append(Candidate(identity, evidence, similarity))
        return found

    def appearance_evidence(self, tracklet: Tracklet, similarity: float | None) -> float:
        """Return the evidence of a similarity, 0 without one."""
        if similarity is None:
            return 0.0
        return float(self.calibration(tracklet.model).evidence(similarity))

    def beside_positions(self, tracklet: Tracklet, similarity: float | None) -> float:
        """Return the evidence of a similarity that is added to that of positions.

        People of one place look more alike than those a calibration was measured on, so
        appearance decides only where positions do not.
        """
        limit = APPEARANCE_LIMIT
        return min(max(self.appearance_evidence(tracklet, similarity), -limit), limit)

    def excluded(self, tracklet: Tracklet, identity: Identity) -> bool:
        """Whether a track cannot show an identity: another class, or visible elsewhere at once."""
        return identity.class_id != tracklet.class_id or any(
            tracklet.overlaps(other) for other in identity.tracklets if other is not tracklet
        )

    def similarity(self, tracklet: Tracklet, identity: Identity) -> float | None:
        """Return the largest similarity of a track to an identity, None if not comparable."""
        index = self._registry.indices.get(tracklet.model)
        if index is None or tracklet.embedding is None:
            return None
        return index.similarity(tracklet.embedding, identity.global_id)

    def _within_reach(self, tracklet: Tracklet) -> list[Identity]:
        """Return the identities seen lately that can be at the place of a track.

        A coarse filter: `position_evidence` decides. Without positions, none are returned.
        """
        if tracklet.end is None:
            return []
        stamp, (x, y), covariance = tracklet.end
        slack = COARSE + 6.0 * math.sqrt(covariance[0, 0] + covariance[1, 1])
        speed = self.config.max_speed
        return [
            identity
            for identity in self._registry.recent.values()
            if (place := identity.place) is not None
            and math.hypot(x - place[1], y - place[2]) <= slack + speed * abs(stamp - place[0])
        ]

    def _similar(self, tracklet: Tracklet, now: float) -> list[Identity]:
        index = self._registry.indices.get(tracklet.model)
        if index is None or tracklet.embedding is None:
            return []
        nearest = index.nearest(tracklet.embedding, NEAREST, self.min_similarity(tracklet.model))
        found = [self._registry.identities[number] for number, _ in nearest]
        return [i for i in found if i.name or now - i.last_seen <= self.config.appearance_timeout]

    def position_evidence(self, tracklet: Tracklet, identity: Identity) -> float | None:
        """Return the evidence of the positions of a track and an identity.

        Returns:
            -inf if the identity cannot be there, None if positions say nothing.
        """
        together, before = [], []
        for other in identity.tracklets:
            if other is tracklet:
                continue
            known = self._pairs.of(tracklet, other)
            if known is not None:
                together.append(known)
            elif other.end is not None and tracklet.start is not None:
                before.append(other)
        if together:
            return float(np.mean(together).clip(-2 * LIMIT, 2 * LIMIT))
        if not before or tracklet.start is None:
            return None
        last = max(before, key=lambda other: other.last)
        return self._after(last, tracklet)

    def _after(self, earlier: Tracklet, tracklet: Tracklet) -> float | None:
        """Return the evidence that a track continues one that was seen before."""
        assert earlier.end is not None and tracklet.start is not None
        stamp, position, covariance = tracklet.start
        place = earlier.place_at(stamp)
        if place is not None and earlier.last >= stamp:
            return float(same_time(position - place[0], covariance + place[1], self.config))
        ended, end, uncertainty = earlier.end
        seconds = stamp - ended
        if seconds < 0:
            return None  # the later one of two tracks is compared with the earlier one
        if seconds > HANDOVER_SECONDS:
            return None
        return float(
            reappearance(
                np.array(seconds),
                position - end,
                earlier.velocity(),
                covariance + uncertainty,
                self.config,
            )
        )
