# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Runs of a tracker on a recording, and their scores against the ground truth."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import reduce
from operator import add

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.evaluation.metrics.evaluate import Metrics, measure
from fairmot_ros.evaluation.metrics.preprocessing import MotSequence, preprocess
from fairmot_ros.evaluation.metrics.timeline import Timeline, make_timeline
from fairmot_ros.evaluation.mot.text_format import FRAME, ID, MotArray
from fairmot_ros.evaluation.refinement import EmbeddingSamples
from fairmot_ros.evaluation.runs.ground_truth import GroundTruth
from fairmot_ros.evaluation.runs.recording import Recording

PERCENTILES = (50, 95, 99)


@dataclass(frozen=True)
class Mode:
    """Mode of a run: live or offline.

    Attributes:
        rate: images per second sent to the node; None offline, where every image is processed.
        filled: largest gap, in seconds, that was interpolated afterwards; 0 for none.
        refined: whether tracks were merged and completed afterwards, see `refinement`.
    """

    rate: float | None = None
    filled: float = 0.0
    refined: bool = False

    @property
    def uses_later_frames(self) -> bool:
        """Whether results of a frame depend on later ones, which is not possible on a robot."""
        return self.refined or self.filled > 0

    @property
    def name(self) -> str:
        """Name of the mode in tables and charts."""
        if self.rate is not None:
            return f'live at {self.rate:g} Hz'
        if self.refined:
            return 'offline, refined with later frames'
        return f'offline, gaps up to {self.filled:g} s filled' if self.filled else 'offline'

    @property
    def slug(self) -> str:
        """Name of the mode in file names."""
        if self.rate is not None:
            return f'live-{self.rate:g}hz'
        if self.refined:
            return 'offline-refined'
        return 'offline-filled' if self.filled else 'offline'


@dataclass(frozen=True, eq=False)
class LiveStats:
    """Statistics of a live run.

    Attributes:
        sent: number of images sent.
        rate: measured rate of sending in images per second.
        latencies: float64 [K], seconds from sending an image to receiving its tracks.
        stages: median and 95th percentile, in seconds, of each processing stage of the node,
            over the most recent images.
    """

    sent: int
    rate: float
    latencies: NDArray[np.float64]
    stages: dict[str, tuple[float, float]] = field(default_factory=dict)

    def percentiles(self) -> dict[str, float | None]:
        """Return p50, p95, p99 and max of the latency in milliseconds; None without results."""
        names = [f'p{p}' for p in PERCENTILES]
        if not len(self.latencies):
            return dict.fromkeys([*names, 'max'])
        values = 1e3 * np.percentile(self.latencies, PERCENTILES)
        return {
            **{n: round(float(v), 3) for n, v in zip(names, values)},
            'max': round(1e3 * float(self.latencies.max()), 3),
        }


@dataclass(frozen=True, eq=False)
class Run:
    """Result of one configuration on one recording in one mode.

    Attributes:
        recording: the recording.
        configuration: name of the configuration.
        mode: live or offline.
        model: name and hash of the network.
        rows: [N, 10] MOTChallenge results; frame n is the n-th image of the recording.
        processed: bool [F], whether each image was processed; live runs drop images.
        live: statistics of a live run, None offline.
        runtime: library that ran the network; the last digits of results depend on it.
        notes: remarks for the user, for example on images that could not be decoded.
        embeddings: samples of the embeddings of the tracks, if they were asked for.
    """

    recording: Recording
    configuration: str
    mode: Mode
    model: str
    rows: MotArray
    processed: NDArray[np.bool_]
    live: LiveStats | None = None
    runtime: str = ''
    notes: tuple[str, ...] = ()
    embeddings: EmbeddingSamples | None = None

    @property
    def name(self) -> str:
        """Name in file names: recording, configuration and mode."""
        return f'{self.recording.name}.{self.configuration}.{self.mode.slug}'

    @property
    def tracks(self) -> int:
        """Number of tracks."""
        return len(np.unique(self.rows[:, ID]))

    @property
    def dropped(self) -> int:
        """Number of images that were not processed."""
        return int((~self.processed).sum())


@dataclass(frozen=True, eq=False)
class RunScores:
    """Scores of a run; all None without ground truth.

    Attributes:
        run: the run.
        metrics: metrics over all images with ground truth; dropped images count without results.
        processed_metrics: metrics over the processed images only.
        timeline: matches and errors over time.
    """

    run: Run
    metrics: Metrics | None = None
    processed_metrics: Metrics | None = None
    timeline: Timeline | None = None


def score_run(run: Run) -> RunScores:
    """Compare a run with the ground truth of its recording.

    Raises:
        ValueError: if the ground truth is invalid under the rules of its benchmark.
    """
    truth = run.recording.truth
    if truth is None:
        return RunScores(run)
    sequence = judged_sequence(truth, run.rows, truth.annotated, run.recording.name)
    metrics = processed_metrics = measure(sequence)
    processed = truth.annotated & run.processed
    if not np.array_equal(processed, truth.annotated):
        processed_metrics = measure(
            judged_sequence(truth, run.rows, processed, run.recording.name)
        )
    return RunScores(run, metrics, processed_metrics, make_timeline(sequence))


def judged_sequence(
    truth: GroundTruth, results: MotArray, frames: NDArray[np.bool_], name: str
) -> MotSequence:
    """Preprocess the ground truth and results of chosen frames, given by a mask [F].

    Raises:
        ValueError: if the ground truth is invalid under the rules of its benchmark.
    """
    rows, chosen = (
        table[frames[table[:, FRAME].astype(int) - 1]] for table in (truth.rows, results)
    )
    return preprocess(rows, chosen, truth.benchmark, name)


def combine(scored_runs: list[RunScores]) -> tuple[Metrics | None, Metrics | None]:
    """Return `metrics` and `processed_metrics` of several recordings combined."""
    metrics = [scored.metrics for scored in scored_runs if scored.metrics is not None]
    processed = [s.processed_metrics for s in scored_runs if s.processed_metrics is not None]
    return reduce(add, metrics) if metrics else None, reduce(add, processed) if processed else None
