"""Limits that an evaluation must keep, for tests that run at every change."""

from __future__ import annotations

import math
from dataclasses import dataclass

RATIOS = ('HOTA', 'DetA', 'AssA', 'LocA', 'MOTA', 'MOTP', 'IDF1', 'IDP', 'IDR')
COUNTS = ('IDSW', 'FP', 'FN', 'Frag', 'MT', 'PT', 'ML')
LIVE = ('dropped', 'latency_p50_ms', 'latency_p95_ms', 'latency_p99_ms', 'latency_max_ms')
NAMES = (*RATIOS, *COUNTS, *LIVE)


@dataclass(frozen=True)
class Limit:
    """A bound on a figure.

    Attributes:
        name: of the figure.
        value: of the bound, itself allowed.
        is_lowest: whether less is a failure; else more is.
    """

    name: str
    value: float
    is_lowest: bool

    def __str__(self) -> str:
        return f'{self.name} {">=" if self.is_lowest else "<="} {self.value:g}'

    @classmethod
    def parse(cls, text: str, *, is_lowest: bool) -> Limit:
        """Read NAME=VALUE.

        Raises:
            ValueError: if it is not that, or the name is unknown.
        """
        name, sign, number = text.partition('=')
        try:
            value = float(number)
        except ValueError:
            value = math.nan
        if not sign or not math.isfinite(value):
            raise ValueError(f'expected NAME=VALUE, such as HOTA=0.45, got {text!r}')
        if name not in NAMES:
            raise ValueError(f'{name!r} is no figure; expected one of {", ".join(NAMES)}')
        if name in RATIOS and abs(value) > 1:
            raise ValueError(f'{name} is a ratio in 0..1, got {value:g}')
        return cls(name, value, is_lowest)


@dataclass(frozen=True)
class Outcome:
    """Whether a limit was kept by a configuration in a mode; a value of None is a failure."""

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
        value = 'not known' if self.value is None else f'{self.value:.6g}'
        return (
            f'{"ok  " if self.kept else "FAIL"} {self.limit}: {value} '
            f'({self.configuration}, {self.mode})'
        )
