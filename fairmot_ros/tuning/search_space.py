# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Search space: the settings of the tracker that declare a range to search."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from fairmot_ros.settings import settings_of
from fairmot_ros.tracker.config import TrackerConfig

#: Ranges whose ends have at least this ratio are searched on a logarithmic scale.
LOGARITHMIC_FROM = 10.0
#: Significant digits of searched values, so that parameter files stay readable.
DIGITS = 4
#: Settings of the default association; references have their own.
SEARCHED = {
    name: declared
    for name, declared in settings_of(TrackerConfig).items()
    if declared.search is not None
}


class Suggests(Protocol):
    """A trial of optuna."""

    def suggest_float(self, name: str, low: float, high: float, *, log: bool = False) -> float:
        """Return a value within low..high."""


@dataclass(frozen=True)
class Range:
    """Range of a setting in a search.

    Attributes:
        low: smallest value.
        high: largest value.
        default: value of the first trial.
    """

    low: float
    high: float
    default: float

    @property
    def is_logarithmic(self) -> bool:
        """Whether values are drawn on a logarithmic scale."""
        return self.low > 0 and self.high / self.low >= LOGARITHMIC_FROM


def search_space(default: TrackerConfig, names: Sequence[str] = ()) -> dict[str, Range]:
    """Return the range of each setting to search, widened to include its default.

    Args:
        default: settings to improve.
        names: settings to search; all of `SEARCHED` if empty.

    Raises:
        ValueError: if a name is not one of `SEARCHED`, or the settings are those of a reference
            association, of which nothing can be searched.
    """
    if default.association != TrackerConfig.association:
        raise ValueError(
            f'the settings of the association {default.association!r} are those of a publication '
            f'and are not searched; expected association {TrackerConfig.association!r}'
        )
    if unknown := [name for name in names if name not in SEARCHED]:
        raise ValueError(
            f'{unknown[0]!r} cannot be searched; expected some of {", ".join(SEARCHED)}'
        )
    space = {}
    for name in names or SEARCHED:
        bounds = SEARCHED[name].search
        assert bounds is not None
        value = getattr(default, name)
        space[name] = Range(min(bounds[0], value), max(bounds[1], value), value)
    return space


def suggest(trial: Suggests, space: Mapping[str, Range]) -> dict[str, float]:
    """Return a value within its range for each setting."""
    return {
        name: trial.suggest_float(name, span.low, span.high, log=span.is_logarithmic)
        for name, span in space.items()
    }


def consistent(values: Mapping[str, float], default: TrackerConfig) -> dict[str, float]:
    """Return rounded values of settings that do not contradict each other.

    A low score threshold above the score threshold is reduced to it.

    Args:
        values: values of some settings.
        default: values of all others.
    """
    rounded = {name: float(f'{value:.{DIGITS}g}') for name, value in values.items()}
    highest = rounded.get('score_threshold', default.score_threshold)
    lowest = rounded.get('low_score_threshold', default.low_score_threshold)
    if lowest > highest:
        rounded['low_score_threshold'] = highest
    return rounded
