# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Many sources in ``fairmot-track``: workers."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from fairmot_ros.cli.command import ExitCode
from fairmot_ros.cli.job_options import exit_code, make_pool, print_manifest, print_note

if TYPE_CHECKING:
    from fairmot_ros.standalone import TrackJob


def track_many(
    options: argparse.Namespace, works: Sequence[TrackJob], fail: Callable[[Exception], None]
) -> int:
    """Track each source as a job, print what was found and return the exit code.

    Args:
        options: of the command line.
        works: what to do.
        fail: called with the error of each source that no worker can have.
    """
    from fairmot_ros.evaluation.runs.weights import with_absolute_weights
    from fairmot_ros.jobs.manifest import MANIFEST
    from fairmot_ros.jobs.runner import run_jobs
    from fairmot_ros.standalone.job import SUMMARY
    from fairmot_ros.standalone.source_job import SourceJob

    if options.show:
        raise ValueError('--show shows what this process tracks: leave out --jobs and --dask')
    with_absolute_weights(works[0].configuration)  # raises once, not for every source
    jobs = []
    for work in works:
        try:
            jobs.append(SourceJob.of(work))
        except ValueError as error:
            fail(error)
    if not jobs:
        return ExitCode.USAGE_ERROR
    manifest = run_jobs(
        jobs,
        make_pool(options, jobs),
        options.output,
        folder='',
        strict=options.strict,
        note=print_note,
        unit='source',
    )
    for record in manifest.finished:
        folder = options.output / record.folder
        summary = json.loads((folder / SUMMARY).read_text(encoding='utf-8'))
        print(
            f'{record.source}: {summary["tracks"]} people in {summary["frames"]} frames, '
            f'in {folder}'
        )
        for note in record.outcome.notes:
            print(f'  note     {note}')
    print_manifest(manifest)
    print(f'wrote {options.output / MANIFEST}')
    return exit_code(manifest)
