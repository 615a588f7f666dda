# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Measurement of settings on an input: replay its detections and compare the tracks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from fairmot_ros.evaluation.metrics.evaluate import Metrics
from fairmot_ros.pipeline.settings import FrameSettings
from fairmot_ros.tuning.recorded_detections import RecordedDetections, load_detections
from fairmot_ros.tuning.tuning_input import TuningInput

Values = Mapping[str, float]


@dataclass(frozen=True, eq=False)
class Measurement:
    """Settings to measure on an input; can be sent to another process.

    Attributes:
        item: the input.
        detections: file of its detections.
        settings: settings of the tracker.
        model: name of the model.
    """

    item: TuningInput
    detections: Path
    settings: FrameSettings
    model: str

    def run(self, detections: RecordedDetections | None = None) -> Metrics:
        """Return the metrics; the detections are read from the file unless they are given."""
        detections = detections or load_detections(self.detections)
        return self.item.measure(detections.track(self.settings, self.model))


def run_measurement(measurement: Measurement) -> Metrics:
    """Return the metrics of a measurement; a function, so that processes can call it."""
    return measurement.run()


#: Applies a function to items, perhaps in other processes, and yields the results in their order.
MapFunction = Callable[
    [Callable[[Measurement], Metrics], Iterable[Measurement]], Iterator[Metrics]
]


@dataclass(frozen=True, eq=False)
class Measurer:
    """Measures settings on inputs.

    Attributes:
        items: the inputs.
        files: file of the detections of each input.
        base: flat settings of the frame tracker that are not searched.
        thresholds: thresholds that the model brings.
        model: name of the model.
        map_function: runs measurements; the built-in `map` runs them in this process.
    """

    items: Sequence[TuningInput]
    files: Sequence[Path]
    base: Mapping[str, Any] = field(default_factory=dict)
    thresholds: Mapping[str, float] = field(default_factory=dict)
    model: str = ''
    map_function: MapFunction = map

    def settings(self, values: Values) -> FrameSettings:
        """Return the settings of the frame tracker with searched values."""
        return FrameSettings.from_values({**self.base, **values}, self.thresholds)

    def measure(self, pairs: Iterable[tuple[Values, int]]) -> list[Metrics]:
        """Return the metrics of each pair of values and index of an input; equal ones once."""
        keys = [(tuple(sorted(values.items())), index) for values, index in pairs]
        distinct = list(dict.fromkeys(keys))
        measurements = [
            Measurement(
                # Not the recording, which has the stamps of all images.
                replace(self.items[index], recording=None),
                self.files[index],
                self.settings(dict(values)),
                self.model,
            )
            for values, index in distinct
        ]
        found = dict(zip(distinct, self.map_function(run_measurement, measurements)))
        return [found[key] for key in keys]
