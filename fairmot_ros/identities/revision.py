# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Revision of earlier decisions when evidence comes: what to split and what to merge."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from fairmot_ros.identities.decisions import AssignmentState
from fairmot_ros.identities.matching import Matcher
from fairmot_ros.identities.pair_evidence import PairEvidence
from fairmot_ros.identities.registry import Identity, Registry
from fairmot_ros.identities.tracklets import Tracklet

#: Seconds between two reviews of a track.
INTERVAL = 0.5
#: Seconds for which the appearance of a new identity is compared with those known before.
NEW_SECONDS = 10.0


class Merge(NamedTuple):
    """Two identities that are one, with the evidence."""

    one: Identity
    other: Identity
    evidence: float
    similarity: float


class Split(NamedTuple):
    """A track that does not belong to its identity, and why."""

    tracklet: Tracklet
    reason: str


class Reviewer:
    """Looks for decisions that newer evidence contradicts."""

    def __init__(self, registry: Registry, pairs: PairEvidence, matcher: Matcher) -> None:
        """Use the given parts."""
        self._registry, self._pairs, self._matcher = registry, pairs, matcher

    def due(self, tracklets: Sequence[Tracklet], now: float) -> list[Tracklet]:
        """Return the tracks that are to be reviewed now."""
        chosen = [t for t in tracklets if t.identity and now - t.reviewed >= INTERVAL]
        for tracklet in chosen:
            tracklet.reviewed = now
        return chosen

    def splits(self, tracklets: Sequence[Tracklet]) -> list[Split]:
        """Return which tracks do not belong to their identities."""
        found: dict[Tracklet, str] = {}
        for tracklet in tracklets:
            for wrong, reason in self._contradictions(tracklet):
                found.setdefault(wrong, reason)
        return [Split(*item) for item in found.items()]

    def merges(self, tracklets: Sequence[Tracklet], now: float) -> list[Merge]:
        """Return which identities are one, best first; each identity occurs once."""
        found = [m for t in tracklets for m in self._possible_merges(t, now)]
        found.sort(key=lambda m: -m.evidence)
        used: set[int] = set()
        chosen = []
        for merge in found:
            both = {merge.one.global_id, merge.other.global_id}
            if not both & used:
                used |= both
                chosen.append(merge)
        return chosen

    def _contradictions(self, tracklet: Tracklet) -> Iterator[tuple[Tracklet, str]]:
        identity = self._registry.identities[tracklet.identity]
        limit = -self._matcher.config.split_evidence
        apart = []
        for other in identity.tracklets:
            if other is tracklet:
                continue
            if tracklet.overlaps(other):
                yield max(tracklet, other, key=_begin), f'{other.source} saw both at once'
            known = self._pairs.of(tracklet, other)
            if known is not None:
                apart.append((known, other))
        if not apart:
            yield from self._different_appearance(tracklet, identity, limit)
        elif np.mean([known for known, _ in apart]) < limit:
            _, other = min(apart, key=lambda pair: pair[0])
            # With more than two tracks, the one that contradicts several others is wrong.
            wrong = tracklet if len(apart) > 1 else max(tracklet, other, key=_begin)
            yield wrong, f'{tracklet.source} and {other.source} see them at different places'

    def _different_appearance(
        self, tracklet: Tracklet, identity: Identity, limit: float
    ) -> Iterator[tuple[Tracklet, str]]:
        """Revise a match by appearance alone that a longer observation does not confirm."""
        index = self._registry.indices.get(tracklet.model)
        matched = tracklet.state == AssignmentState.MATCHED and tracklet.start is None
        if not matched or index is None or tracklet.embedding is None:
            return
        similarity = index.similarity(tracklet.embedding, identity.global_id, tracklet.key)
        if similarity is not None:
            evidence = self._matcher.appearance_evidence(tracklet, similarity)
            if evidence < limit:
                yield tracklet, f'the similarity has fallen to {similarity:.2f}'

    def _possible_merges(self, tracklet: Tracklet, now: float) -> Iterator[Merge]:
        identity = self._registry.identities[tracklet.identity]
        minimum = self._matcher.config.min_evidence
        candidates = {
            other.identity for other, value in self._pairs.partners(tracklet) if value > 0
        }
        for number in candidates - {0, identity.global_id}:
            other = self._registry.identities[number]
            merge = self._merge(tracklet, identity, other)
            if merge is not None and merge.evidence > minimum:
                yield merge
        is_new = tracklet.state == AssignmentState.NEW and len(identity.tracklets) == 1
        if is_new and not identity.name and now - tracklet.first <= NEW_SECONDS:
            for candidate in self._matcher.candidates(tracklet, now):
                if candidate.identity is not identity and candidate.evidence > minimum:
                    yield Merge(
                        identity, candidate.identity, candidate.evidence, candidate.similarity
                    )

    def _merge(self, tracklet: Tracklet, one: Identity, other: Identity) -> Merge | None:
        """Return the evidence that two identities with tracks side by side are one."""
        if one.class_id != other.class_id or (one.name and other.name):
            return None
        together = []
        for mine in one.tracklets:
            for theirs in other.tracklets:
                if mine.overlaps(theirs):
                    return None
                known = self._pairs.of(mine, theirs)
                if known is not None:
                    together.append(known)
        similarity = self._matcher.similarity(tracklet, other)
        evidence = float(np.mean(together)) if together else -math.inf
        evidence += self._matcher.beside_positions(tracklet, similarity)
        return Merge(one, other, evidence, similarity or 0.0)


def _begin(tracklet: Tracklet) -> float:
    return tracklet.first
