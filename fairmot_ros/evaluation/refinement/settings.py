# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Settings of the refinement."""

from __future__ import annotations

from dataclasses import dataclass

from fairmot_ros.settings import Settings, setting


@dataclass(frozen=True)
class RefinementSettings(Settings):
    """Settings of `refine`; times are in seconds, so they do not depend on the frame rate."""

    max_link_gap: float = setting(
        4.0,
        'longest time between the end of a track and the start of its continuation; 0 merges no '
        'tracks',
        unit='seconds',
        low=0.0,
        high=3600.0,
    )
    min_link_evidence: float = setting(
        3.0,
        'smallest log-likelihood ratio at which two tracks are merged; higher values merge fewer',
        low=-100.0,
        high=100.0,
    )
    max_fill_gap: float = setting(
        0.7,
        'longest gap of a track that is filled with interpolated boxes; 0 fills none',
        unit='seconds',
        low=0.0,
        high=3600.0,
    )
    smoothing: float = setting(
        0.15,
        'time constant of the smoothing of boxes; faster changes are smoothed out, except motion '
        'of the camera; 0 disables it',
        unit='seconds',
        low=0.0,
        high=10.0,
    )
