# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Plan of an evaluation: bags, ground truth, configurations, modes and limits."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fairmot_ros.evaluation.refinement import RefinementSettings
    from fairmot_ros.evaluation.runs.configuration import Configuration
    from fairmot_ros.evaluation.runs.limits import Limit

#: Names of settings in messages that differ from their name in `EvaluationPlan`.
NAMES = {'offline': 'offline=False'}


class PlanError(ValueError):
    """Settings of a plan that contradict each other or do not fit its bags.

    The message has the names of `EvaluationPlan` for settings; `text` replaces them by others,
    such as command-line options.
    """

    def __init__(self, template: str) -> None:
        """Store the message, in which names of settings are in braces."""
        self._template = template
        super().__init__(self.text(NAMES))

    def text(self, names: Mapping[str, str]) -> str:
        """Return the message with other names of settings."""
        return re.sub(r'\{(\w+)\}', lambda m: names.get(m[1], m[1]), self._template)


@dataclass(frozen=True)
class EvaluationPlan:
    """Bags to track with each configuration, and the ground truth to compare with.

    Attributes:
        bags: paths of bags: folders, .mcap or .db3 files.
        configurations: configurations to compare; if empty, one with all defaults.
        image_topic: topic of the images in each bag; None for the only one.
        max_images: largest number of images of each bag to use, from its start; 0 for all.
        ground_truth_topic: topic of the ground truth; None for /ground_truth if a bag has it.
        ground_truth_files: MOTChallenge files instead of a topic, one for each bag.
        ground_truth_rate: frames per second of these files, to find their frames by time; frame 1
            is the first image. None: frame n is the n-th image.
        benchmark: benchmark whose rules apply; None to derive it from the ground truth.
        offline: whether to track every image in this process.
        rates: rates, in images per second, at which to send the images to the node (live runs).
        interpolate: largest gap, in seconds, to interpolate in additional results of the offline
            runs; 0 for no such results.
        refine: settings of the refinement of the offline runs, in additional results; None for no
            such results.
        limits: limits on metrics.
        strict: whether an image that cannot be decoded is an error in offline runs.

    Raises:
        PlanError: if settings are out of range or contradict each other.
    """

    bags: Sequence[str | Path]
    configurations: Sequence[Configuration] = ()
    image_topic: str | None = None
    max_images: int = 0
    ground_truth_topic: str | None = None
    ground_truth_files: Sequence[str | Path] = ()
    ground_truth_rate: float | None = None
    benchmark: str | None = None
    offline: bool = True
    rates: Sequence[float] = ()
    interpolate: float = 0.0
    refine: RefinementSettings | None = None
    limits: Sequence[Limit] = ()
    strict: bool = False

    def __post_init__(self) -> None:
        if not self.offline and not self.rates:
            raise PlanError('{offline} without {rates} leaves no run to evaluate')
        if not self.offline and self.interpolate:
            raise PlanError('{interpolate} needs an offline run, which {offline} disables')
        if not self.offline and self.refine:
            raise PlanError('{refine} needs an offline run, which {offline} disables')
        if any(not rate > 0 for rate in self.rates):
            raise PlanError('every {rate} must be positive')
        if self.interpolate < 0 or self.max_images < 0:
            raise PlanError('{interpolate} and {max_images} must not be negative')
        if self.ground_truth_files and self.ground_truth_topic:
            raise PlanError('give either {ground_truth_files} or {ground_truth_topic}')
        if self.ground_truth_files and len(self.ground_truth_files) != len(self.bags):
            raise PlanError(
                f'got {len(self.ground_truth_files)} ground-truth files for {len(self.bags)} '
                'bags; expected one for each, in the same order'
            )
        if self.ground_truth_rate is not None and not self.ground_truth_rate > 0:
            raise PlanError('{ground_truth_rate} must be positive')
        names = [configuration.name for configuration in self.configurations]
        if len(set(names)) != len(names):
            raise PlanError(f'two configurations have the same name, of {", ".join(names)}')
