# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Parameters of the identities node."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fairmot_ros.identities import IdentitiesConfig
from fairmot_ros.ros.parameters.base import Parameters
from fairmot_ros.settings import Group, Settings, setting


@dataclass(frozen=True)
class IdentitySourceSettings(Settings):
    """Cameras whose tracks are matched, and their positions."""

    sources: tuple[str, ...] = setting(
        ('',),
        'topics of type `fairmot_ros/TrackArray` to match, one for each camera; '
        "[''] takes all that are published",
        structural=True,
    )
    reliability: str = setting(
        'auto',
        "reliability of the input subscriptions; 'auto' matches the publisher",
        choices=('auto', 'reliable', 'best_effort'),
        structural=True,
    )
    use_positions: bool = setting(
        True,
        'use positions where a camera publishes them, on the topic `positions` beside its tracks',
        structural=True,
    )
    positions_frame: str = setting(
        '',
        'frame in which positions can be compared, such as `map`; those in another frame are not '
        'used. Empty: the frame of the first that arrive',
        structural=True,
    )
    source_timeout: float = setting(
        5.0,
        'time without tracks of a camera after which the log and the diagnostics say so',
        unit='seconds',
        low=0.5,
        high=3600.0,
        structural=True,
    )


@dataclass(frozen=True)
class IdentityStoreSettings(Settings):
    """File of the identities."""

    store: str = setting(
        '',
        'SQLite file that keeps the identities; empty keeps them in memory only. Embeddings of '
        'people are biometric data: the file is readable only by its owner',
        structural=True,
    )


SOURCES = Group('Sources', IdentitySourceSettings)
STORE = Group('Store', IdentityStoreSettings)
MATCHING = Group('Matching', IdentitiesConfig)


class IdentitiesParameters(Parameters):
    """Parameters of the `fairmot_identities` node.

    Attributes:
        sources: settings of the input.
        store: settings of the store.
        matching: settings of the matching.
    """

    groups = (SOURCES, STORE, MATCHING)

    def __init__(self, **values: Any) -> None:
        """See `Parameters`."""
        super().__init__(**values)
        self.sources = SOURCES.make(self.values)
        self.store = STORE.make(self.values)
        self.matching = MATCHING.make(self.values)
