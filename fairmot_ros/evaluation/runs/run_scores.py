"""What a tracker did with a recording, and what that was worth."""

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
from fairmot_ros.evaluation.runs.recording import Recording

PERCENTILES = (50, 95, 99)


@dataclass(frozen=True)
class Mode:
    """How images reach the tracker.

    Attributes:
        rate: images per second through the real node, or None for every image in turn.
        filled: seconds of the longest gap that was filled afterwards; 0 for none.
    """

    rate: float | None = None
    filled: float = 0.0

    @property
    def name(self) -> str:
        """For people."""
        if self.rate is not None:
            return f'live at {self.rate:g} Hz'
        return f'offline, gaps up to {self.filled:g} s filled' if self.filled else 'offline'

    @property
    def slug(self) -> str:
        """For file names."""
        if self.rate is not None:
            return f'live-{self.rate:g}hz'
        return 'offline-filled' if self.filled else 'offline'


@dataclass(frozen=True, eq=False)
class LiveStats:
    """What can only be known of a live run.

    Attributes:
        sent: number of images sent.
        rate: images per second that were really sent.
        latencies: float64 [K], seconds from the sending of an image to its tracks.
        stages: median and 95th percentile of the node's stages in seconds, newest images.
    """

    sent: int
    rate: float
    latencies: NDArray[np.float64]
    stages: dict[str, tuple[float, float]] = field(default_factory=dict)

    def percentiles(self) -> dict[str, float | None]:
        """Return p50, p95, p99 and the largest latency in milliseconds."""
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
    """One configuration on one recording in one mode.

    Attributes:
        recording: what was tracked.
        configuration: name of the parameters.
        mode: how.
        model: which network.
        rows: [N, 10] MOTChallenge results, frames numbered as the bag's images.
        processed: bool [F], for each image whether the tracker got to it.
        live: only of live runs.
        runtime: what ran the network, on which the last digits depend.
        notes: what a user should know, such as images that could not be decoded.
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

    @property
    def name(self) -> str:
        """For file names: recording, configuration and mode."""
        return f'{self.recording.name}.{self.configuration}.{self.mode.slug}'

    @property
    def tracks(self) -> int:
        """Number of tracks."""
        return len(np.unique(self.rows[:, ID]))

    @property
    def dropped(self) -> int:
        """Number of images that the tracker did not get to."""
        return int((~self.processed).sum())


@dataclass(frozen=True, eq=False)
class RunScores:
    """What a run was worth; all None where there is no ground truth.

    Attributes:
        run: the run.
        metrics: over all images that can be judged; a dropped one has nobody found.
        seen: over those alone that the tracker got to.
        timeline: who was followed when.
    """

    run: Run
    metrics: Metrics | None = None
    seen: Metrics | None = None
    timeline: Timeline | None = None


def score_run(run: Run) -> RunScores:
    """Compare a run with the ground truth of its recording.

    Raises:
        ValueError: if the ground truth breaks the rules of its benchmark.
    """
    truth = run.recording.truth
    if truth is None:
        return RunScores(run)
    whole = _sequence(run, truth.judged)
    metrics = measure(whole)
    seen = truth.judged & run.processed
    return RunScores(
        run,
        metrics,
        metrics if np.array_equal(seen, truth.judged) else measure(_sequence(run, seen)),
        make_timeline(whole),
    )


def _sequence(run: Run, frames: NDArray[np.bool_]) -> MotSequence:
    """Prepare the rows of some frames for the metrics."""
    truth = run.recording.truth
    assert truth is not None
    rows, results = (
        table[frames[table[:, FRAME].astype(int) - 1]] for table in (truth.rows, run.rows)
    )
    return preprocess(rows, results, truth.benchmark, run.recording.name)


def combine(scored_runs: list[RunScores]) -> tuple[Metrics | None, Metrics | None]:
    """Return the metrics, and those of the seen images, of several recordings together."""
    known = [v for v in scored_runs if v.metrics is not None and v.seen is not None]
    if not known:
        return None, None
    return (
        reduce(add, [v.metrics for v in known if v.metrics is not None]),
        reduce(add, [v.seen for v in known if v.seen is not None]),
    )
