# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Limits on the metrics of an evaluation, for use in regression tests."""

from __future__ import annotations

import math
from dataclasses import dataclass

RATIOS = ('HOTA', 'DetA', 'AssA', 'LocA', 'MOTA', 'MOTP', 'IDF1', 'IDP', 'IDR')
COUNTS = ('IDSW', 'FP', 'FN', 'Frag', 'MT', 'PT', 'ML')
LIVE = ('dropped', 'latency_p50_ms', 'latency_p95_ms', 'latency_p99_ms', 'latency_max_ms')
NAMES = (*RATIOS, *COUNTS, *LIVE)


@dataclass(frozen=True)
class Limit:
    """A bound on a metric.

    Attributes:
        name: name of the metric.
        value: the bound, inclusive.
        is_lowest: whether it is a lower bound; otherwise an upper bound.
    """

    name: str
    value: float
    is_lowest: bool

    def __str__(self) -> str:
        return f'{self.name} {">=" if self.is_lowest else "<="} {self.value:g}'

    @classmethod
    def parse(cls, text: str, *, is_lowest: bool) -> Limit:
        """Parse NAME=VALUE.

        Raises:
            ValueError: if the text has another form, the name is unknown or the value is out of
                range.
        """
        name, sign, number = text.partition('=')
        try:
            value = float(number)
        except ValueError:
            value = math.nan
        if not sign or not math.isfinite(value):
            raise ValueError(f'expected NAME=VALUE, such as HOTA=0.45, got {text!r}')
        if name not in NAMES:
            raise ValueError(f'{name!r} is no metric; expected one of {", ".join(NAMES)}')
        if name in RATIOS and abs(value) > 1:
            raise ValueError(f'{name} is a ratio in 0..1, got {value:g}')
        return cls(name, value, is_lowest)


@dataclass(frozen=True)
class Outcome:
    """Result of checking a limit for a configuration in a mode; None as value is a failure."""

    limit: Limit
    configuration: str
    mode: str
    value: float | None

    @property
    def kept(self) -> bool:
        """Whether the limit was kept."""
        if self.value is None:
            return False
        limit = self.limit
        return self.value >= limit.value if limit.is_lowest else self.value <= limit.value

    def __str__(self) -> str:
        value = 'unknown' if self.value is None else f'{self.value:.6g}'
        return (
            f'{"ok  " if self.kept else "FAIL"} {self.limit}: {value} '
            f'({self.configuration}, {self.mode})'
        )
