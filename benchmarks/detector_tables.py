# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The association on the sequences with images, with the detections of several detectors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from benchmarks.recorded_detections import (
    DEFAULT,
    MakeConfig,
    Sequence,
    default,
    head,
    measure,
    reference,
    row,
)
from benchmarks.sequences import INDOOR, STREET, LabelledSequence
from benchmarks.teacher_detections import (
    MakeDetect,
    cached_detections,
    default_model,
    default_model_name,
    teacher_detectors,
)
from fairmot_ros.training.data.problems import DataError
from fairmot_ros.types import Detections

BYTE_THRESHOLD = 0.6  # that suits YOLOX-nano
#: For a detector whose scores are known: thresholds chosen for YOLOX-nano, without adaptation.
FIXED_THRESHOLDS = replace(
    DEFAULT, score_threshold=BYTE_THRESHOLD, new_track_threshold=0.7, min_score_scale=1.0
)
ASSOCIATIONS: dict[str, MakeConfig] = {
    '`byte` at 0.4': reference('byte'),
    f'`byte` at {BYTE_THRESHOLD}': reference('byte', BYTE_THRESHOLD),
    'default': default,
}


def report_detectors(cache: Path) -> None:
    """Print a table for each detector and association: the sequences with images."""
    names = (*STREET, *INDOOR)
    missing = [name for name in names if not LabelledSequence.available(name)]
    if missing:
        print(f'association: no sequences {", ".join(missing)}')
        return
    makers = {**teacher_detectors(), default_model_name(): default_model}
    for detector, make_detect in makers.items():
        try:
            sequences = with_images(detector, make_detect, names, cache)
        except DataError as error:
            print(f'association: {detector}: {error}')
            continue
        for association, make in ASSOCIATIONS.items():
            print(head(f'{detector}: {association}'))
            for sequence, metrics in measure(sequences, make).items():
                print(row(sequence, metrics))


def with_images(
    detector: str, make_detect: MakeDetect, names: Iterable[str], cache: Path
) -> dict[str, Sequence]:
    """Return sequences with the detections of one detector, cached in a folder."""
    sequences = {name: LabelledSequence.read(name) for name in names}
    frames = cached_detections(detector, make_detect, sequences, cache)
    return recorded(sequences, frames)


def recorded(
    sequences: Mapping[str, LabelledSequence], frames: Mapping[str, list[Detections]]
) -> dict[str, Sequence]:
    """Return labelled sequences with given detections by frame."""
    return {
        name: Sequence(
            frames[name],
            s.info.frame_rate,
            s.truth,
            size=(s.info.width, s.info.height) if s.clip else None,
        )
        for name, s in sequences.items()
    }
