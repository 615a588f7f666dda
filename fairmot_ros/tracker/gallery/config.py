# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Settings of the gallery."""

from __future__ import annotations

from dataclasses import dataclass

from fairmot_ros.settings import Settings, setting


@dataclass(frozen=True)
class GalleryConfig(Settings):
    """Capacity of the gallery, and the conditions for a match.

    Attributes:
        max_speed: largest speed, in box heights per second, of an absent identity. Keeps two
            identities with similar embeddings apart when a track starts far from where the absent
            one was observed last.
        views: number of embeddings kept of each enrolled identity, the newest ones.
    """

    size: int = setting(
        500,
        'largest number of embeddings in the gallery; when it is full, the unnamed identity that '
        'has been absent longest is removed',
        low=1,
        high=100_000,
        structural=True,
    )
    ttl: float = setting(
        600.0,
        'how long an absent identity without a name is kept',
        unit='seconds',
        low=1.0,
        high=1e6,
    )
    max_distance: float = setting(
        0.07,
        'largest appearance distance (1 - cosine) at which a new track takes the id of a gallery '
        'identity; strict by default, as a wrong id is worse than a new one',
        low=0.0,
        high=1.0,
    )
    max_speed: float = 10.0
    views: int = 8

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.views < 1:
            raise ValueError(f'views must be at least 1, got {self.views}')
        if not self.max_speed > 0:
            raise ValueError(f'max_speed must be a number above 0, got {self.max_speed}')
