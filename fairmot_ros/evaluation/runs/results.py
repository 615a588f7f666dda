# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Evaluation results: scores of all runs, grouped by configuration and mode, and limit checks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from fairmot_ros.evaluation.metrics.evaluate import Metrics
from fairmot_ros.evaluation.runs.limits import LIVE, Limit, Outcome
from fairmot_ros.evaluation.runs.plan import PlanError
from fairmot_ros.evaluation.runs.recording import Recording
from fairmot_ros.evaluation.runs.run_scores import LiveStats, Mode, RunScores, combine


@dataclass(frozen=True, eq=False)
class Group:
    """Results of one configuration in one mode, combined over all recordings.

    Attributes:
        configuration: name of the configuration.
        mode: live or offline.
        images: number of images.
        dropped: number of images that were not processed.
        tracks: number of tracks.
        metrics, processed_metrics: see `RunScores`; None without ground truth.
        live: statistics of live runs; None offline.
    """

    configuration: str
    mode: Mode
    images: int
    dropped: int
    tracks: int
    metrics: Metrics | None
    processed_metrics: Metrics | None
    live: LiveStats | None

    def metric_values(self) -> dict[str, Any]:
        """Return every value that a limit can be set on, by the name in `limits`."""
        figures: dict[str, Any] = dict(self.metrics.summary()) if self.metrics else {}
        figures['dropped'] = self.dropped / max(1, self.images)
        if self.live is not None:
            figures |= {f'latency_{n}_ms': v for n, v in self.live.percentiles().items()}
        return figures


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Evaluation results.

    Attributes:
        recordings: the recordings.
        parameters: parameters by configuration name.
        scored_runs: scores of all runs.
        outcomes: results of the limit checks.
    """

    recordings: Sequence[Recording]
    parameters: Mapping[str, Mapping[str, Any]]
    scored_runs: Sequence[RunScores]
    outcomes: Sequence[Outcome] = field(default=())

    @property
    def kept(self) -> bool:
        """Whether every limit was kept."""
        return all(outcome.kept for outcome in self.outcomes)

    def groups(self) -> list[Group]:
        """Group the scored runs by configuration and mode, in the order of the runs."""
        found: dict[tuple[str, Mode], list[RunScores]] = {}
        for scored in self.scored_runs:
            key = (scored.run.configuration, scored.run.mode)
            found.setdefault(key, []).append(scored)
        return [
            Group(
                name,
                mode,
                sum(len(v.run.processed) for v in members),
                sum(v.run.dropped for v in members),
                sum(v.run.tracks for v in members),
                *combine(members),
                _combine_live(members),
            )
            for (name, mode), members in found.items()
        ]


def _combine_live(scored_runs: Sequence[RunScores]) -> LiveStats | None:
    lives = [v.run.live for v in scored_runs if v.run.live is not None]
    if not lives:
        return None
    return LiveStats(
        sum(live.sent for live in lives),
        float(np.mean([live.rate for live in lives])),
        np.concatenate([live.latencies for live in lives]),
    )


def check_limits(limits: Iterable[Limit], groups: Sequence[Group]) -> list[Outcome]:
    """Check the limits for every configuration.

    Limits on accuracy apply to the offline runs without later frames, or to the live runs if
    there are no offline runs; limits on drops and latencies apply to the live runs.

    Raises:
        PlanError: if a limit is on a value that was not measured.
    """
    outcomes = []
    for limit in limits:
        live = [group for group in groups if group.mode.rate is not None]
        plain = [g for g in groups if g.mode.rate is None and not g.mode.uses_later_frames]
        chosen = live if limit.name in LIVE else plain or live
        if not chosen:
            raise PlanError(f'a limit on {limit.name} needs a live run: give {{rates}}')
        if limit.name not in LIVE and any(group.metrics is None for group in chosen):
            raise PlanError(f'a limit on {limit.name} needs ground truth, and there is none')
        outcomes += [
            Outcome(limit, g.configuration, g.mode.name, g.metric_values().get(limit.name))
            for g in chosen
        ]
    return outcomes
