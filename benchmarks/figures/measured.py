# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The default model on all sequences: measured once, and read by every part that tells of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tqdm import tqdm

from benchmarks.default_model import SequenceResult, track
from benchmarks.sequences import INDOOR, STREET, LabelledSequence
from fairmot_ros.evaluation import evaluate_mot
from fairmot_ros.pipeline import FairMOT

SEQUENCES = (*STREET, *INDOOR)
ALL_INDOOR = 'indoor'
#: What the documents call the sequences, and the indoor ones together.
TITLES = {
    'PETS09-S2L1': 'PETS09-S2L1, street from above',
    'TUD-Campus': 'TUD-Campus, people near the camera',
    'classroom': 'classroom, seated',
    'face-demographics-walking': 'two people walking to the camera',
    'one-by-one': 'people passing a table one by one',
    'worker-zone-detection': 'worker in a warehouse',
    ALL_INDOOR: 'the four indoor clips combined',
}

Metrics = Mapping[str, float]


@dataclass(frozen=True)
class Measured:
    """Results of the default model with default settings.

    Attributes:
        model: that was measured.
        results: by name of the sequence.
        cache: folder for what does not depend on the weights.
    """

    model: FairMOT
    results: Mapping[str, SequenceResult]
    cache: Path

    @cached_property
    def metrics(self) -> dict[str, Metrics]:
        """Tracking metrics of each sequence and of the indoor ones together."""
        return metrics_by_sequence(
            {name: (r.sequence.truth, r.tracks) for name, r in self.results.items()}
        )


def measure_default_model(cache: Path) -> Measured:
    """Run the default model on all frames of all sequences."""
    model = FairMOT(precision='fp32')  # which every machine computes
    results = {
        name: track(model, LabelledSequence.read(name))
        for name in tqdm(SEQUENCES, 'default model', unit='sequence', leave=False)
    }
    return Measured(model, results, cache)


def metrics_by_sequence(pairs: Mapping[str, tuple]) -> dict[str, Metrics]:
    """Return tracking metrics of each sequence and of the indoor ones together.

    Args:
        pairs: MOTChallenge rows of ground truth and tracks by name of the sequence.
    """
    indoor = {name: pair for name, pair in pairs.items() if name in INDOOR}
    street = {name: pair for name, pair in pairs.items() if name not in INDOOR}
    result: dict[str, Metrics] = {}
    for group in (street, indoor):  # the last one's COMBINED stays
        result |= evaluate_mot(group, benchmark='MOT15')
    result[ALL_INDOOR] = result.pop('COMBINED')
    return result
