# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Plan of a tuning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from fairmot_ros.evaluation.runs.limits import RATIOS


@dataclass(frozen=True)
class TuningPlan:
    """What to search, and how.

    Attributes:
        trials: number of trials of each search.
        metric: metric to maximise.
        min_gain: smallest gain on held-out inputs at which the tuned settings are recommended.
        settings: names of the settings to search; empty for all that declare a range.
        seed: seed of the search.

    Raises:
        ValueError: if a value is out of range.
    """

    trials: int = 50
    metric: str = 'HOTA'
    min_gain: float = 0.002
    settings: Sequence[str] = ()
    seed: int = 0

    def __post_init__(self) -> None:
        if self.trials < 1:
            raise ValueError(f'the number of trials must be at least 1, got {self.trials}')
        if self.metric not in RATIOS:
            raise ValueError(f'the metric must be one of {", ".join(RATIOS)}, got {self.metric!r}')
        if not isfinite(self.min_gain):
            raise ValueError(f'the smallest gain must be a finite number, got {self.min_gain}')
        if not 0 <= self.seed < 2**32:
            raise ValueError(f'the seed must be within 0..{2**32 - 1}, got {self.seed}')
