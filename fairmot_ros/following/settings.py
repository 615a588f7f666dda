# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Settings of following a person."""

from __future__ import annotations

from dataclasses import dataclass

from fairmot_ros.following.target import Target, parse_target
from fairmot_ros.settings import Settings, setting


@dataclass(frozen=True)
class FollowSettings(Settings):
    """The person to follow, and how similar a person who returns must be."""

    follow: str = setting(
        '',
        "person to follow: 'nearest' chooses the one nearest to the camera, an id (as in "
        'Detection2D) a track, any other text an enrolled person of the gallery; empty '
        'disables following. The position is published as `~/follow_pose`, and whether it is that '
        'person as `~/follow_state`',
    )
    follow_distance: float = setting(
        0.07,
        'largest appearance distance (1 - cosine) at which a person who returns is taken for the '
        'followed one; up to 2.7 times as much, the state is unsure',
        low=0.001,
        high=0.4,
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        parse_target(self.follow)

    @property
    def target(self) -> Target:
        """The person to follow."""
        return parse_target(self.follow)
