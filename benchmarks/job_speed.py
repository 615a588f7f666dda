# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Speed of two worker processes beside one, and the overhead for thousands of bags."""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import numpy as np

import fairmot_ros
from fairmot_ros.evaluation import EvaluationPlan
from fairmot_ros.evaluation.bags.sequence import BagLayout, write_sequence
from fairmot_ros.evaluation.collection.bag_job import bag_jobs
from fairmot_ros.evaluation.collection.bag_reports import read_report
from fairmot_ros.evaluation.collection.overview import make_overview, write_overview
from fairmot_ros.evaluation.runs.configuration import Configuration
from fairmot_ros.jobs import LocalPool, Outcome, Status, Task, run_jobs
from fairmot_ros.jobs.execution import execute
from fairmot_ros.jobs.job import Outcomes
from fairmot_ros.media.video_source import VideoSource

CLIP = Path(fairmot_ros.__file__).parent / 'data' / 'pedestrians.mp4'
RATE = 7.0
DETERMINISTIC = Configuration('default', {'deterministic': True})


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this part."""
    parser.add_argument('--bags', type=int, default=8, help='bags for the speed; 0 for none')
    parser.add_argument('--images', type=int, default=60, help='images of each of them')
    parser.add_argument('--many', type=int, default=10_000, help='bags for the overhead')
    parser.add_argument(
        '--cluster',
        type=int,
        default=1000,
        help='jobs without work for a Dask cluster of two workers',
    )


def run(options: argparse.Namespace) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        if options.bags:
            _compare_workers(root, options.bags, options.images)
        _measure_overhead(root, options.many)
        if options.cluster and find_spec('distributed'):
            _measure_cluster(root, options.cluster)


def _compare_workers(root: Path, count: int, images: int) -> None:
    """Print the time of one worker and of two, with one thread for each engine."""
    bags = _make_bags(root / 'bags', count, images)
    jobs = bag_jobs(EvaluationPlan(bags=bags, configurations=[DETERMINISTIC]))
    seconds, cpu = {}, {}
    for workers in (1, 2):
        started = time.perf_counter()
        manifest = run_jobs(jobs, LocalPool(workers, 1), root / f'out{workers}')
        seconds[workers] = time.perf_counter() - started
        assert len(manifest.finished) == count
        outcomes = [record.outcome for record in manifest.finished]
        work, cpu[workers] = (sum(values) for values in zip(*_times(outcomes)))
        rate = count * images / seconds[workers]
        print(
            f'{workers} workers, one thread each: {seconds[workers]:.1f} s for {count} bags of '
            f'{images} images, {rate:.1f} images/s; {work:.1f} s in jobs, of which '
            f'{cpu[workers]:.1f} s on a core'
        )
    print(f'2 workers are {seconds[1] / seconds[2]:.2f} times as fast as 1, start included')
    # What other programs take from the cores does not count here.
    print(f'by time on cores: {2 * cpu[1] / cpu[2]:.2f} times as fast')


def _times(outcomes: Sequence[Outcome]) -> list[tuple[float, float]]:
    """Return duration and time on a core of each job, in seconds."""
    return [(outcome.seconds, outcome.cpu_seconds) for outcome in outcomes]


def _make_bags(folder: Path, count: int, images: int) -> list[Path]:
    """Write bags with ground truth of two people."""
    clip = list(islice(VideoSource(CLIP), 60))
    truth = np.array(
        [[f, i, 60.0 * i, 60, 40, 110, 1] for f in range(1, images + 1) for i in (1, 2)]
    )
    paths = [folder / f'bag{number}' for number in range(count)]
    for path in paths:
        write_sequence(path, islice(cycle(clip), images), RATE, truth, BagLayout())
    return paths


@dataclass(frozen=True)
class CopyJob:
    """A job that copies a finished report instead of tracking a bag."""

    source: Path
    report: str
    deterministic: bool = True

    def files(self) -> Mapping[str, Path]:
        return {'bag': self.source}

    def settings(self) -> Mapping[str, Any]:
        return {}

    def read_from(self, copies: Mapping[str, Path]) -> CopyJob:
        return self

    def memory(self) -> int:
        return 0

    def prepare(self, threads: int) -> None:
        return None

    def run(self, folder: Path, threads: int) -> Sequence[str]:
        (folder / 'report.json').write_text(self.report.replace('/SOURCE', str(self.source)))
        return []


class OwnProcess:
    """A pool that runs tasks in this process, to measure what is left beside the jobs."""

    threads = 1

    def __init__(self) -> None:
        self.seconds = 0.0

    def run(self, tasks: Iterable[Task]) -> Outcomes:
        for task in tasks:
            started = time.perf_counter()
            outcome: Outcome = execute(task.job, task.folder, self.threads)
            self.seconds += time.perf_counter() - started
            assert outcome.status is Status.FINISHED, outcome
            yield task, outcome


def _measure_overhead(root: Path, count: int) -> None:
    """Print what keeping results, resuming and the overview take for many bags."""
    report = json.dumps(_example_report(root))
    sources = [root / 'many' / f'{number:05}.bag' for number in range(count)]
    sources[0].parent.mkdir()
    for source in sources:
        source.write_text(source.name)
    jobs = [CopyJob(source, report) for source in sources]
    for title in ('keep the results', 'take them up again'):
        pool = OwnProcess()
        started = time.perf_counter()
        manifest = run_jobs(jobs, pool, root / 'out')
        seconds = time.perf_counter() - started - pool.seconds
        print(f'{count} bags: {seconds:.1f} s to {title}')
    started = time.perf_counter()
    folder = root / 'out' / 'results'
    reports = [
        bag for r in manifest.finished for bag in read_report(folder / r.folder / 'report.json')
    ]
    written = write_overview(make_overview(reports, []), root / 'out')
    seconds = time.perf_counter() - started
    sizes = ', '.join(f'{p.name} {p.stat().st_size / 1e6:.1f} MB' for p in written)
    size = (root / 'out' / 'manifest.json').stat().st_size
    print(
        f'{count} bags: {seconds:.1f} s for the overview; {sizes}, '
        f'manifest.json {size / 1e6:.1f} MB'
    )


def _measure_cluster(root: Path, count: int) -> None:
    """Print how many jobs a second a Dask cluster can pass to two workers and back."""
    from distributed import LocalCluster

    from fairmot_ros.jobs.cluster import DaskPool

    sources = [root / 'cluster' / f'{number:05}.bag' for number in range(count)]
    sources[0].parent.mkdir()
    for source in sources:
        source.write_text(source.name)
    jobs = [CopyJob(source, 'x' * 100_000) for source in sources]
    with LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        host='127.0.0.1',
        dashboard_address='127.0.0.1:0',
        local_directory=str(root / 'dask'),
        silence_logs=50,
    ) as cluster:
        started = time.perf_counter()
        manifest = run_jobs(jobs, DaskPool(cluster.scheduler_address), root / 'cluster-out')
        seconds = time.perf_counter() - started
    assert len(manifest.finished) == count
    print(f'Dask, two workers: {count / seconds:.0f} jobs without work per second')


def _example_report(root: Path) -> dict[str, Any]:
    """Return the report of a bag of four images, which calls itself /SOURCE."""
    (bag,) = _make_bags(root / 'example', 1, 4)
    (job,) = bag_jobs(EvaluationPlan(bags=[bag], configurations=[DETERMINISTIC]))
    outcome = execute(job, root / 'example-out', 1)
    assert outcome.status is Status.FINISHED, outcome
    data = json.loads((root / 'example-out' / 'report.json').read_text())
    data['recordings'][0]['path'] = '/SOURCE'
    return data
