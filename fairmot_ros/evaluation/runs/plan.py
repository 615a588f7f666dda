"""What an evaluation is to do: bags, ground truth, configurations, modes and limits."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fairmot_ros.evaluation.runs.configuration import Configuration
    from fairmot_ros.evaluation.runs.limits import Limit

#: How settings are called in messages where a caller has no names of its own for them.
NAMES = {'offline': 'offline=False'}


class PlanError(ValueError):
    """Settings of a plan that do not go together, or do not go with its bags.

    The message names settings as `EvaluationPlan` does; `text` puts other names in their place,
    such as the options of a command.
    """

    def __init__(self, template: str) -> None:
        """Take the message, with the names of settings in braces."""
        self._template = template
        super().__init__(self.text(NAMES))

    def text(self, names: Mapping[str, str]) -> str:
        """Return the message with other names for the settings."""
        return re.sub(r'\{(\w+)\}', lambda m: names.get(m[1], m[1]), self._template)


@dataclass(frozen=True)
class EvaluationPlan:
    """Trackers to run over bags, and the ground truth to compare their tracks with.

    Attributes:
        bags: folders, or .mcap or .db3 files.
        configurations: parameters to compare; empty for one with all defaults, 'default'.
        image_topic: of the images in each bag, None for the only one with images.
        max_images: use no more than the first so many images of each bag; 0 uses all.
        ground_truth_topic: of the boxes, None for /ground_truth where there is one.
        ground_truth_files: MOTChallenge files instead of a topic, one for each bag.
        ground_truth_rate: frames per second of the files, to find their frames by time: frame 1
            is the first image. None: frame n is the n-th image.
        benchmark: whose rules decide which boxes count; None to tell by the ground truth.
        offline: track every image in this process.
        rates: images per second at which to send the images to the real node as well.
        interpolate: also report the offline tracks with gaps up to so many seconds filled by
            straight lines; 0 does not.
        limits: bounds that the figures are to keep.

    Raises:
        PlanError: if settings are out of range or do not go together.
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
    limits: Sequence[Limit] = ()

    def __post_init__(self) -> None:
        if not self.offline and not self.rates:
            raise PlanError('{offline} leaves nothing to do without {rates}')
        if not self.offline and self.interpolate:
            raise PlanError('{interpolate} is of the offline run, which {offline} leaves out')
        if any(not rate > 0 for rate in self.rates):
            raise PlanError('every {rate} must be positive')
        if self.interpolate < 0 or self.max_images < 0:
            raise PlanError('{interpolate} and {max_images} must not be negative')
        if self.ground_truth_files and self.ground_truth_topic:
            raise PlanError('give either {ground_truth_files} or {ground_truth_topic}')
        if self.ground_truth_files and len(self.ground_truth_files) != len(self.bags):
            raise PlanError(
                f'got {len(self.ground_truth_files)} files of ground truth for '
                f'{len(self.bags)} bags; expected one for each, in the same order'
            )
        if self.ground_truth_rate is not None and not self.ground_truth_rate > 0:
            raise PlanError('{ground_truth_rate} must be positive')
        names = [configuration.name for configuration in self.configurations]
        if len(set(names)) != len(names):
            raise PlanError(f'two configurations have the same name, of {", ".join(names)}')
