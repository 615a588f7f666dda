# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Neither the kind, the order nor the number of workers changes a byte of the results."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import pytest
import torch

pytest.importorskip('rosbags', reason='needs rosbags')
from bag_folders import make_bags, plan_of, result_files
from dask_cluster import NEEDS_DASK, local_cluster
from fragile_bag_job import FragileBagJob

from fairmot_ros.evaluation.collection.bag_job import BagJob, bag_jobs
from fairmot_ros.evaluation.collection.bag_reports import read_report
from fairmot_ros.evaluation.collection.overview import make_overview, write_overview
from fairmot_ros.jobs import LocalPool, Pool, run_jobs
from fairmot_ros.jobs.manifest import Manifest
from fairmot_ros.jobs.names import folder_name

BAGS = 4


@pytest.fixture(scope='module')
def bags(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return make_bags(tmp_path_factory.mktemp('bags'), BAGS)


@pytest.fixture(scope='module')
def expected(bags: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Output folder with the results of this process, one bag after the other."""
    before = torch.get_num_threads(), cv2.getNumThreads()
    output = tmp_path_factory.mktemp('expected')
    for job in bag_jobs(plan_of(bags)):
        folder = output / 'results' / folder_name(job.source)
        folder.mkdir(parents=True)
        job.prepare(1)
        job.run(folder, 1)
    add_overview(output, [folder_name(bag) for bag in bags])
    yield output  # a job in this process shares the engine, and so its threads
    torch.set_num_threads(before[0])
    cv2.setNumThreads(before[1])


def add_overview(output: Path, folders: list[str]) -> None:
    reports = [
        report
        for folder in folders
        for report in read_report(output / 'results' / folder / 'report.json')
    ]
    write_overview(make_overview(reports, []), output)


def run(bags: list[Path], pool: Pool, output: Path) -> tuple[Manifest, list[str]]:
    """Evaluate the bags in another order; the worker of the second one is killed amid the bag."""
    notes: list[str] = []
    jobs: list[BagJob] = bag_jobs(plan_of(bags))
    jobs[1] = FragileBagJob(jobs[1].plan, marker=output / 'killed')
    manifest = run_jobs([*jobs[2:], *jobs[:2]], pool, output, note=notes.append)
    assert (output / 'killed').exists()
    (output / 'killed').unlink()
    add_overview(output, [folder_name(bag) for bag in bags])
    return manifest, notes


def check(output: Path, expected: Path, manifest: Manifest) -> None:
    assert len(manifest.finished) == BAGS
    assert manifest.differences() == []
    found, wanted = result_files(output), result_files(expected)
    assert list(found) == list(wanted)
    assert len(found) == 3 * BAGS + 2
    assert [name for name in found if found[name] != wanted[name]] == []
    tracks = [content for name, content in wanted.items() if name.endswith('.offline.txt')]
    assert len(set(tracks)) == BAGS
    assert all(tracks)


def test_two_processes_of_which_one_is_killed(
    bags: list[Path], expected: Path, tmp_path: Path
) -> None:
    manifest, notes = run(bags, LocalPool(2, 1), tmp_path)
    assert [r.outcome.attempts for r in manifest.finished] == [1, 1, 1, 2]
    assert notes == ['bag1: workers that ended before one finished it: 1']
    check(tmp_path, expected, manifest)


def test_dask_cluster_of_two_workers_of_which_one_is_killed(
    bags: list[Path], expected: Path, tmp_path: Path
) -> None:
    pytest.importorskip('distributed', reason=NEEDS_DASK)
    from fairmot_ros.jobs.cluster import DaskPool

    with local_cluster(tmp_path / 'cluster') as cluster:
        manifest, _ = run(bags, DaskPool(cluster.scheduler_address), tmp_path / 'out')
    check(tmp_path / 'out', expected, manifest)


def test_bags_that_are_sent_give_the_same_results(
    bags: list[Path], expected: Path, tmp_path: Path
) -> None:
    from fairmot_ros.jobs.remote import execute_remotely
    from fairmot_ros.jobs.sending import pack

    (job,) = bag_jobs(plan_of(bags[:1]))
    moved = replace(job, plan=replace(job.plan, bags=[tmp_path / 'nowhere' / 'bag0']))
    missing = execute_remotely(moved, 1, {}, {})
    assert (missing.status.value, set(missing.files)) == ('missing', {'weights of small'})
    outcome = execute_remotely(moved, 1, {}, {'bag': pack(bags[0])})
    assert outcome.results is not None
    name = folder_name(bags[0])
    wanted = result_files(expected / 'results' / name)
    found = {
        file: content.replace(str(moved.source).encode(), str(bags[0]).encode())
        for file, content in outcome.results.items()
    }
    assert found == wanted
