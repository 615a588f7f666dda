# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Settings of the matching across cameras."""

from __future__ import annotations

from dataclasses import dataclass

from fairmot_ros.settings import Settings, setting


@dataclass(frozen=True)
class IdentitiesConfig(Settings):
    """Conditions for a match.

    Evidence is a natural logarithm of a likelihood ratio: how much more likely the observations
    are if two tracks show one person than if they show two. Evidence of appearance and of
    positions is added.
    """

    min_similarity: float = setting(
        0.0,
        'smallest cosine similarity at which two embeddings can be one person where no positions '
        'help; 0 takes the threshold measured for the model, and 0.93 for a model without one',
        low=0.0,
        high=1.0,
    )
    min_evidence: float = setting(
        3.0,
        'evidence at which tracks are matched or merged; 3 is odds of 20 to 1',
        low=0.0,
        high=30.0,
    )
    split_evidence: float = setting(
        4.0,
        'evidence against a match at which it is revised',
        low=0.0,
        high=30.0,
    )
    appearance_timeout: float = setting(
        3600.0,
        'how long after its last observation an unnamed identity can be matched by appearance',
        unit='seconds',
        low=0.0,
        high=1e7,
    )
    retention: float = setting(
        1.0,
        'how long an unnamed identity is kept after its last observation, in memory and in the '
        'store',
        unit='days',
        low=1e-5,
        high=3650.0,
    )
    max_speed: float = setting(
        2.5,
        'largest speed of a person, where positions in a common frame are known',
        unit='metres per second',
        low=0.1,
        high=20.0,
    )
    crowd_density: float = setting(
        0.01,
        'people per square metre whom a position could belong to by chance; the higher, the '
        'closer two positions must be to show one person',
        unit='1/m²',
        low=1e-4,
        high=10.0,
    )
    position_noise: float = setting(
        0.4,
        'standard deviation of the disagreement of two cameras on a position, beyond the given '
        'covariances (calibration, and which point of the body is seen)',
        unit='metres',
        low=0.0,
        high=10.0,
    )
    decision_delay: float = setting(
        0.5,
        'how long a new track is observed before it gets an identity',
        unit='seconds',
        low=0.0,
        high=60.0,
    )
    track_timeout: float = setting(
        2.0,
        'how long a track can be unseen before it counts as ended',
        unit='seconds',
        low=0.1,
        high=3600.0,
    )
    clock_tolerance: float = setting(
        1.0,
        'difference between the clock of a source and the own clock, delay included, above which '
        'stamps are corrected by it and a warning is given',
        unit='seconds',
        low=0.1,
        high=3600.0,
        structural=True,
    )
    max_identities: int = setting(
        100_000,
        'largest number of identities that can be matched; above it, the unnamed identity that '
        'has been absent longest is removed',
        low=1,
        high=10_000_000,
        structural=True,
    )
    views: int = setting(
        8,
        'largest number of embeddings of an identity, one for each source that saw it and, '
        'enrolled ones included, the newest',
        low=1,
        high=100,
        structural=True,
    )
