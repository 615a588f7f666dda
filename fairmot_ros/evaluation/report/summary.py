# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Evaluation results as plain data for JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

import fairmot_ros
from fairmot_ros.evaluation.metrics.evaluate import Metrics
from fairmot_ros.evaluation.metrics.hota import ALPHAS
from fairmot_ros.evaluation.metrics.sums import sums_of
from fairmot_ros.evaluation.runs.limits import Outcome
from fairmot_ros.evaluation.runs.recording import Recording
from fairmot_ros.evaluation.runs.results import Evaluation, Group
from fairmot_ros.evaluation.runs.run_scores import Mode, Run, RunScores

FORMAT = 1  # version of the JSON; increases when the meaning of a field changes
DIGITS = 9  # digits of ratios


def summarise(evaluation: Evaluation) -> dict[str, Any]:
    """Return evaluation results as JSON-serialisable data.

    Data of offline runs does not depend on when or how fast they ran.
    """
    return {
        'format': FORMAT,
        'fairmot_ros': fairmot_ros.__version__,
        'recordings': [_recording(r) for r in evaluation.recordings],
        'configurations': [
            {'name': name, **_network(name, evaluation.scored_runs), 'parameters': dict(values)}
            for name, values in evaluation.parameters.items()
        ],
        'combined': [group_data(group) for group in evaluation.groups()],
        'runs': [_run(scored) for scored in evaluation.scored_runs],
        'limits': [outcome_data(outcome) for outcome in evaluation.outcomes],
    }


def _network(configuration: str, scored_runs: Sequence[RunScores]) -> dict[str, str | None]:
    run = next((v.run for v in scored_runs if v.run.configuration == configuration), None)
    return {'model': run.model if run else None, 'runtime': run.runtime if run else None}


def _recording(recording: Recording) -> dict[str, Any]:
    truth = recording.truth
    first, last = recording.frames.span
    return {
        'name': recording.name,
        'path': recording.origin or str(recording.path),
        'image_topic': recording.image_topic,
        'images': len(recording.frames),
        'first_stamp': _rounded(first),
        'last_stamp': _rounded(last),
        'rate': round(recording.frames.rate, 3),
        'ground_truth': None
        if truth is None
        else {
            'source': truth.source,
            'benchmark': truth.benchmark,
            'boxes': len(truth.rows),
            'people': len(np.unique(truth.rows[:, 1])),
            'judged_images': int(truth.annotated.sum()),
        },
        'notes': list(recording.notes),
    }


def _mode(mode: Mode) -> dict[str, Any]:
    return {
        'mode': 'offline' if mode.rate is None else 'live',
        'rate': mode.rate,
        'filled_seconds': mode.filled,
        'refined': mode.refined,
        'uses_later_frames': mode.uses_later_frames,
    }


def outcome_data(outcome: Outcome) -> dict[str, Any]:
    """Return the result of a limit check."""
    return {
        'limit': str(outcome.limit),
        'configuration': outcome.configuration,
        'mode': outcome.mode,
        'value': _rounded(outcome.value),
        'kept': outcome.kept,
    }


def group_data(group: Group) -> dict[str, Any]:
    """Return the results of a configuration in a mode."""
    return {
        'configuration': group.configuration,
        **_mode(group.mode),
        'images': group.images,
        'dropped': group.dropped,
        **_metrics(group.metrics, group.processed_metrics),
        'latency_ms': None if group.live is None else group.live.percentiles(),
    }


def _run(scored: RunScores) -> dict[str, Any]:
    run = scored.run
    return {
        'recording': run.recording.name,
        'configuration': run.configuration,
        **_mode(run.mode),
        'images': len(run.processed),
        'dropped': run.dropped,
        'dropped_frames': (np.flatnonzero(~run.processed) + 1).tolist(),
        'tracks': run.tracks,
        'boxes': len(run.rows),
        'notes': list(run.notes),
        **_metrics(scored.metrics, scored.processed_metrics),
        'sums': _sums(scored),
        **_live(run),
        'switches': None
        if scored.timeline is None
        else [
            {'frame': frame, 'person': person.name}
            for person in scored.timeline.people
            for frame in person.switches
        ],
    }


def _live(run: Run) -> dict[str, Any]:
    live = run.live
    if live is None:
        return {'sent': None, 'sent_rate': None, 'latency_ms': None, 'stages_ms': None}
    return {
        'sent': live.sent,
        'sent_rate': round(live.rate, 3),
        'latency_ms': live.percentiles(),
        'stages_ms': {
            name: {'p50': round(1e3 * p50, 3), 'p95': round(1e3 * p95, 3)}
            for name, (p50, p95) in live.stages.items()
        },
    }


def _metrics(metrics: Metrics | None, processed: Metrics | None) -> dict[str, Any]:
    if metrics is None or processed is None:
        return {'metrics': None, 'metrics_of_processed': None, 'curves': None}
    return {
        'metrics': metrics_data(metrics),
        'metrics_of_processed': metrics_data(processed),
        'curves': {
            'alpha': [round(float(a), 2) for a in ALPHAS],
            'HOTA': [_rounded(v) for v in metrics.hota.hota.tolist()],
            'DetA': [_rounded(v) for v in metrics.hota.det_a.tolist()],
            'AssA': [_rounded(v) for v in metrics.hota.ass_a.tolist()],
        },
    }


def metrics_data(metrics: Metrics | None) -> dict[str, Any] | None:
    """Return all metrics by name, rounded; None without ground truth."""
    if metrics is None:
        return None
    return {name: _rounded(v) for name, v in metrics.summary().items()}


def _sums(scored: RunScores) -> dict[str, Any] | None:
    """Return the sums of the metrics, by which reports are combined, in full precision."""
    if scored.metrics is None or scored.processed_metrics is None:
        return None
    return {
        'metrics': sums_of(scored.metrics),
        'metrics_of_processed': (
            None
            if scored.processed_metrics is scored.metrics
            else sums_of(scored.processed_metrics)
        ),
    }


def _rounded(value: Any) -> Any:
    return round(value, DIGITS) if isinstance(value, float) else value
