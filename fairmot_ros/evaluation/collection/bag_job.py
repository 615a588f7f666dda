# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Job that evaluates one bag offline and writes its report."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from fairmot_ros.detector.engines.memory import keep_freed_memory
from fairmot_ros.evaluation.collection.trackers import shared_tracker
from fairmot_ros.evaluation.report import write_report
from fairmot_ros.evaluation.runs.configuration import Configuration
from fairmot_ros.evaluation.runs.plan import EvaluationPlan, PlanError
from fairmot_ros.evaluation.runs.recording import Recording
from fairmot_ros.evaluation.runs.runner import open_recordings, track_recordings
from fairmot_ros.evaluation.runs.weights import (
    weight_files,
    with_absolute_weights,
    with_weights,
    worker_memory,
)

BAG, TRUTH, WEIGHTS = 'bag', 'ground truth', 'weights of'


@dataclass(frozen=True)
class BagJob:
    """Evaluation of one bag: a picklable job of `fairmot_ros.jobs`.

    Attributes:
        plan: plan with this bag alone, without live runs and limits.
        copies: where files are read instead of their original paths, by role.
    """

    plan: EvaluationPlan
    copies: Mapping[str, Path] = field(default_factory=dict)

    @property
    def source(self) -> Path:
        """Path of the bag."""
        return Path(self.plan.bags[0])

    @property
    def deterministic(self) -> bool:
        """Whether all configurations are."""
        return all(c.detector().deterministic for c in self._configurations)

    @property
    def _configurations(self) -> Sequence[Configuration]:
        return self.plan.configurations or [Configuration('default')]

    def files(self) -> dict[str, Path]:
        """Return bag, ground-truth file and weights by role."""
        found = {BAG: self.source}
        if self.plan.ground_truth_files:
            found[TRUTH] = Path(self.plan.ground_truth_files[0])
        for configuration in self._configurations:
            found |= weight_files(configuration, f'{WEIGHTS} {configuration.name}')
        return {**found, **self.copies}

    def settings(self) -> dict[str, Any]:
        """Return everything else of the plan that affects the results."""
        plan = self.plan
        return {
            'configurations': [
                # Weights are compared by their contents.
                {
                    'name': c.name,
                    'parameters': {n: v for n, v in c.parameters.items() if n != 'weights'},
                    'node': dict(c.node),
                }
                for c in self._configurations
            ],
            'image_topic': plan.image_topic,
            'max_images': plan.max_images,
            'ground_truth_topic': plan.ground_truth_topic,
            'ground_truth_rate': plan.ground_truth_rate,
            'benchmark': plan.benchmark,
            'interpolate': plan.interpolate,
            'refine': None if plan.refine is None else vars(plan.refine),
            'strict': plan.strict,
        }

    def read_from(self, copies: Mapping[str, Path]) -> BagJob:
        """Return the job with copies of its files; results name the original paths."""
        return replace(self, copies=dict(copies))

    def memory(self) -> int:
        """Return an estimate of the memory of a worker, in bytes."""
        return worker_memory(self._configurations)

    def prepare(self, threads: int) -> None:
        """Load the networks, which the jobs of one process share.

        Raises:
            ValueError: if the weights or another parameter cannot be used.
        """
        keep_freed_memory()
        for configuration in self._configurations:
            shared_tracker(self._weights(configuration), threads)

    def run(self, folder: Path, threads: int) -> list[str]:
        """Track the bag, compare the tracks with the ground truth and write the report.

        Raises:
            BagError: if the bag cannot be used.
            ValueError: if the ground truth is invalid.
            WriteError: if a file cannot be written.
        """
        files = self.files()
        plan = replace(
            self.plan,
            bags=[files[BAG]],
            ground_truth_files=[files[TRUTH]] if TRUTH in files else (),
        )
        recordings = [self._with_origin(r) for r in open_recordings(plan)]
        evaluation = track_recordings(
            plan,
            recordings,
            make_tracker=lambda c: shared_tracker(self._weights(c), threads),
        )
        write_report(evaluation, folder)
        notes = [note for recording in recordings for note in recording.notes]
        return [*notes, *(n for scored in evaluation.scored_runs for n in scored.run.notes)]

    def _weights(self, configuration: Configuration) -> Configuration:
        """Return the configuration with the path at which its weights are read."""
        path = self.copies.get(f'{WEIGHTS} {configuration.name}')
        return configuration if path is None else with_weights(configuration, path)

    def _with_origin(self, recording: Recording) -> Recording:
        """Return a recording whose results name the original paths."""
        if not self.copies:
            return recording
        originals = replace(self, copies={}).files()
        pairs = [(str(self.copies[role]), str(originals[role])) for role in self.copies]
        original = partial(_replace_all, pairs)
        truth = recording.truth
        return replace(
            recording,
            origin=original(str(recording.path)),
            notes=tuple(map(original, recording.notes)),
            truth=truth and replace(truth, source=original(truth.source)),
        )


def _replace_all(pairs: Sequence[tuple[str, str]], text: str) -> str:
    for old, new in pairs:
        text = text.replace(old, new)
    return text


def bag_jobs(plan: EvaluationPlan) -> list[BagJob]:
    """Split a plan into one job for each bag.

    Raises:
        PlanError: if the plan has live runs.
        CheckpointError: if there are no weights at a path.
    """
    if plan.rates:
        raise PlanError(
            '{rates} measures the speed of this machine, so live runs are not possible with '
            'workers: evaluate them without {jobs} and {dask}'
        )
    configurations = [with_absolute_weights(c) for c in plan.configurations]
    files: Sequence[str | Path | None] = plan.ground_truth_files or [None] * len(plan.bags)
    return [
        BagJob(
            replace(
                plan,
                bags=[Path(os.path.abspath(bag))],
                configurations=configurations,
                ground_truth_files=() if file is None else [Path(os.path.abspath(file))],
                limits=(),
            )
        )
        for bag, file in zip(plan.bags, files)
    ]
