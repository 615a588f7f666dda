# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Following one person: who it is, and whether that is certain. No ROS.

A tracker's id is no proof of identity: where people cross, or one leaves and another enters, an id
can pass to someone else. `Follower` therefore keeps embeddings of the followed person and of the
people seen beside, and reports `FollowState.UNSURE` where they do not tell who is who.
"""

from __future__ import annotations

from fairmot_ros.following.follower import Follower
from fairmot_ros.following.observations import FollowFrame
from fairmot_ros.following.settings import FollowSettings
from fairmot_ros.following.status import FollowState, FollowStatus
from fairmot_ros.following.target import Target, TargetKind, parse_target

__all__ = [
    'FollowFrame',
    'FollowSettings',
    'FollowState',
    'FollowStatus',
    'Follower',
    'Target',
    'TargetKind',
    'parse_target',
]
