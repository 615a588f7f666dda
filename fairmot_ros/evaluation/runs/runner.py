# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Execution of an `EvaluationPlan`: every configuration on every bag in every mode."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from fairmot_ros.evaluation.bags.errors import BagError
from fairmot_ros.evaluation.refinement import EmbeddingSampler
from fairmot_ros.evaluation.runs.configuration import Configuration
from fairmot_ros.evaluation.runs.limits import LIVE
from fairmot_ros.evaluation.runs.offline import OfflineTracker, filled_run
from fairmot_ros.evaluation.runs.plan import EvaluationPlan, PlanError
from fairmot_ros.evaluation.runs.recording import Recording, TruthSource, open_recording
from fairmot_ros.evaluation.runs.refined import refined_run
from fairmot_ros.evaluation.runs.results import Evaluation, check_limits
from fairmot_ros.evaluation.runs.run_scores import Run, score_run

#: Plays a recording to a node: called with configuration, recording, rate in images per second,
#: and the `model` and `runtime` of the resulting `Run`.
LiveRunner = Callable[[Configuration, Recording, float, str, str], Run]


def run(
    plan: EvaluationPlan,
    live: LiveRunner | None = None,
    opened: Callable[[Recording], object] | None = None,
    tracked: Callable[[Run], object] | None = None,
    passed_over: Callable[[BagError], object] | None = None,
) -> Evaluation:
    """Track all bags and compare the tracks with the ground truth.

    Offline runs process every image and are reproducible to the byte.

    Args:
        plan: what to evaluate.
        live: runs the node for the `rates` of the plan; use `track_live` of
            `fairmot_ros.ros.tools.live_evaluation`, which needs ROS 2.
        opened: called with each recording before tracking starts, for example to show its notes.
        tracked: called with each finished run, for example to save its tracks at once.
        passed_over: called with the error of each bag that cannot be opened, if others can; None
            raises the first such error.

    Raises:
        PlanError: if the plan does not fit its bags, or has rates although `live` is None.
        BagError: if a bag cannot be used, or none of its images can be decoded.
        FileNotFoundError: if a ground-truth file does not exist.
        ValueError: if ground truth is invalid under the rules of its benchmark, or the weights of
            a configuration cannot be used.
    """
    if plan.rates and live is None:
        raise PlanError('{rates} needs the argument `live`, a function that runs the node')
    return track_recordings(plan, open_recordings(plan, opened, passed_over), live, tracked)


def track_recordings(
    plan: EvaluationPlan,
    recordings: Sequence[Recording],
    live: LiveRunner | None = None,
    tracked: Callable[[Run], object] | None = None,
    make_tracker: Callable[[Configuration], OfflineTracker] = OfflineTracker,
) -> Evaluation:
    """Track open recordings and compare the tracks with the ground truth.

    For arguments and errors, see `run`; `make_tracker` may return a tracker that was made before.
    """
    _check_recordings(plan, recordings)
    configurations = plan.configurations or [Configuration('default')]
    runs: list[Run] = []

    def keep(finished: Run) -> None:
        runs.append(finished)
        if tracked is not None:
            tracked(finished)

    for configuration in configurations:
        tracker = make_tracker(configuration)
        for finished in _offline_runs(plan, tracker, recordings):
            keep(finished)
        names = tracker.model, tracker.runtime
        del tracker  # frees its memory, as the node loads a network of its own
        for finished in _live_runs(plan, configuration, recordings, live, *names):
            keep(finished)
    evaluation = Evaluation(
        recordings,
        {c.name: {**c.parameters, **c.node} for c in configurations},
        [score_run(run) for run in runs],
    )
    return replace(evaluation, outcomes=check_limits(plan.limits, evaluation.groups()))


def open_recordings(
    plan: EvaluationPlan,
    opened: Callable[[Recording], object] | None = None,
    passed_over: Callable[[BagError], object] | None = None,
) -> list[Recording]:
    """Open the recordings of all bags; for the arguments and errors, see `run`."""
    files: Sequence[str | Path | None] = plan.ground_truth_files or [None] * len(plan.bags)
    recordings: list[Recording] = []
    errors: list[BagError] = []
    for path, file in zip(plan.bags, files):
        source = TruthSource(
            plan.ground_truth_topic,
            None if file is None else Path(file),
            plan.ground_truth_rate,
            plan.benchmark,
        )
        try:
            recording = open_recording(Path(path), plan.image_topic, source, plan.max_images)
        except BagError as error:
            if passed_over is None:
                raise
            errors.append(error)
            continue
        if any(recording.name == other.name for other in recordings):
            raise PlanError(
                f'two bags are called {recording.name!r}, but names of files and table rows must '
                'be unique: rename one'
            )
        if opened is not None:
            opened(recording)
        recordings.append(recording)
    if errors and not recordings:
        raise errors[0]
    if passed_over is not None:
        for bag_error in errors:
            passed_over(bag_error)
    return recordings


def _check_recordings(plan: EvaluationPlan, recordings: Sequence[Recording]) -> None:
    """Raise PlanError before tracking starts if the plan does not fit the recordings."""
    for recording in recordings:
        if plan.rates and not recording.stamped:
            raise PlanError(
                f'the images of {recording.path} have no header stamps, which identify results '
                'of live runs: only offline evaluation is possible'
            )
    for limit in plan.limits:
        if limit.name in LIVE and not plan.rates:
            raise PlanError(f'a limit on {limit.name} needs a live run: give {{rates}}')
        if limit.name not in LIVE and all(r.truth is None for r in recordings):
            raise PlanError(f'a limit on {limit.name} needs ground truth, and there is none')


def _offline_runs(
    plan: EvaluationPlan, tracker: OfflineTracker, recordings: Sequence[Recording]
) -> Iterator[Run]:
    """Track every recording offline, and yield finished runs."""
    if not plan.offline:
        return
    runs: list[Run] = []
    for recording in recordings:
        sampler = None if plan.refine is None else EmbeddingSampler()
        runs.append(tracker.track(recording, strict=plan.strict, sampler=sampler))
        yield runs[-1]
    if plan.interpolate:
        yield from (filled_run(run, plan.interpolate) for run in runs)
    if plan.refine is not None:
        yield from (refined_run(run, plan.refine) for run in runs)


def _live_runs(
    plan: EvaluationPlan,
    configuration: Configuration,
    recordings: Sequence[Recording],
    live: LiveRunner | None,
    model: str,
    runtime: str,
) -> Iterator[Run]:
    """Send every recording to the node at every rate, and yield finished runs."""
    if live is not None:
        for rate in plan.rates:
            for recording in recordings:
                yield live(configuration, recording, rate, model, runtime)
