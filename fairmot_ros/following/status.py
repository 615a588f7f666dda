# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Result of following in one frame."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class FollowState(IntEnum):
    """Whether the followed person is visible; the values are those of FollowState.msg."""

    IDLE = 0
    LOST = 1
    FOUND = 2
    UNSURE = 3


@dataclass(frozen=True)
class FollowStatus:
    """Where the followed person is.

    Attributes:
        state: FOUND if the track `track_id` is the followed person in this frame.
        track_id: of the person (FOUND), of the visible track in question (UNSURE), or of the last
            one followed (LOST); 0 if there is none.
        name: of an enrolled person, otherwise ''.
        reason: of LOST and UNSURE, or how the person was found, as a phrase.
        time_since_found: seconds since the last frame with FOUND; 0 before the first.
        problem: why no person can be chosen, if the user has to change something; '' otherwise.
    """

    state: FollowState = FollowState.IDLE
    track_id: int = 0
    name: str = ''
    reason: str = ''
    time_since_found: float = 0.0
    problem: str = ''
