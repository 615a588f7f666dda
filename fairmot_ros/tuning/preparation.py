# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Preparation of a tuning: the detections of all inputs, computed once and kept."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from fairmot_ros.evaluation.runs.configuration import Configuration
from fairmot_ros.files.writing import writing
from fairmot_ros.tuning.detecting import cached_detections, cached_public
from fairmot_ros.tuning.measuring import MapFunction, Measurer
from fairmot_ros.tuning.tuning_input import TuningInput

#: Folder of the detections in the output folder.
DETECTIONS = 'detections'


def prepare(
    inputs: Sequence[TuningInput],
    base: Configuration,
    folder: Path,
    *,
    public: bool = False,
    map_function: MapFunction = map,
) -> Measurer:
    """Return a measurer for the inputs; detections that are not in `folder` are computed.

    Args:
        inputs: the inputs.
        base: parameters of the detector, and of the tracker where they are not searched.
        folder: output folder; it must exist.
        public: whether to use the detections of MOTChallenge folders instead of the detector.
        map_function: runs measurements, see `Measurer`.

    Raises:
        ValueError: if the weights cannot be used, or no image of an input can be read.
        WriteError: if the detections cannot be written.
    """
    target = folder / DETECTIONS
    with writing(target):
        target.mkdir(exist_ok=True)
    if public:
        files = [cached_public(item, target) for item in inputs]
        return Measurer(
            inputs, files, base.parameters, model='detections of files', map_function=map_function
        )
    from fairmot_ros.detector import Detector
    from fairmot_ros.detector.engines.memory import keep_freed_memory

    keep_freed_memory()
    arguments = base.detector().arguments()
    detector = Detector(**arguments)
    return Measurer(
        inputs,
        [cached_detections(item, detector, arguments, target) for item in inputs],
        base.parameters,
        detector.info.thresholds,
        detector.model_name,
        map_function,
    )
