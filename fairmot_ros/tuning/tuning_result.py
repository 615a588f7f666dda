# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Result of tuning: chosen settings, and their metrics on inputs they were not chosen on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add

from fairmot_ros.evaluation.metrics.evaluate import Metrics
from fairmot_ros.tuning.measuring import Values


@dataclass(frozen=True, eq=False)
class HeldOutInput:
    """Metrics of an input that settings were not chosen on.

    Attributes:
        name: name of the input.
        fold: number of the fold, from 1 on, that holds it out.
        default: metrics with the default settings.
        tuned: metrics with the settings that were chosen on the other inputs of the fold.
    """

    name: str
    fold: int
    default: Metrics
    tuned: Metrics


@dataclass(frozen=True, eq=False)
class TuningResult:
    """Result of tuning.

    Attributes:
        metric: metric that was maximised.
        trials: number of trials of each search.
        min_gain: smallest gain, in the metric, at which the tuned settings are recommended.
        defaults: default values of the searched settings.
        values: values chosen on all inputs, or with a fixed split on those not held out.
        fold_values: values chosen in each fold.
        inputs: metrics of the held-out inputs.
        model: name of the model, or where the detections come from.
    """

    metric: str
    trials: int
    min_gain: float
    defaults: Values
    values: Values
    fold_values: Sequence[Values]
    inputs: Sequence[HeldOutInput]
    model: str

    @property
    def default(self) -> Metrics:
        """Metrics of all held-out inputs together with the default settings."""
        return reduce(add, [item.default for item in self.inputs])

    @property
    def tuned(self) -> Metrics:
        """Metrics of all held-out inputs together, each with the settings of its fold."""
        return reduce(add, [item.tuned for item in self.inputs])

    @property
    def gain(self) -> float:
        """Gain in the metric on held-out inputs."""
        return difference(self.default, self.tuned)[self.metric]

    @property
    def improved(self) -> int:
        """Number of held-out inputs on which the metric is higher than with the defaults."""
        return sum(difference(i.default, i.tuned)[self.metric] > 0 for i in self.inputs)

    @property
    def is_won(self) -> bool:
        """Whether the tuned settings are recommended.

        They are if the gain is at least `min_gain` and more than half of the held-out inputs
        improve, so that a single input does not decide.
        """
        return self.gain >= self.min_gain and 2 * self.improved > len(self.inputs)

    @property
    def recommended(self) -> Values:
        """The tuned values if they won, otherwise the defaults."""
        return self.values if self.is_won else self.defaults


def difference(before: Metrics, after: Metrics) -> Mapping[str, float]:
    """Return the change of each metric by name."""
    first, second = before.summary(), after.summary()
    return {name: second[name] - first[name] for name in first}
