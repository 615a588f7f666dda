# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Many bags in ``fairmot-evaluate``: workers, an overview, and merging of reports."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from fairmot_ros.cli.command import ExitCode
from fairmot_ros.cli.job_options import (
    exit_code,
    make_pool,
    print_manifest,
    print_note,
    wants_jobs,
)
from fairmot_ros.evaluation import EvaluationPlan
from fairmot_ros.evaluation.runs.limits import Limit

#: Folder for the reports of the bags.
BAGS = 'bags'


def evaluate_many(options: argparse.Namespace, plan: EvaluationPlan) -> int:
    """Evaluate each bag as a job, write the overview and return the exit code."""
    from fairmot_ros.evaluation.collection.bag_job import bag_jobs
    from fairmot_ros.evaluation.collection.bag_reports import FailedBag, read_report
    from fairmot_ros.evaluation.report.files import DATA
    from fairmot_ros.jobs.manifest import MANIFEST
    from fairmot_ros.jobs.runner import run_jobs

    jobs = bag_jobs(plan)
    manifest = run_jobs(
        jobs,
        make_pool(options, jobs),
        options.output,
        folder=BAGS,
        strict=plan.strict,
        note=print_note,
        unit='bag',
    )
    folder = options.output / BAGS
    reports = [
        report
        for record in manifest.finished
        for report in read_report(folder / record.folder / DATA)
    ]
    failed = [FailedBag(record.source, record.outcome.reason) for record in manifest.failed]
    print_manifest(manifest)
    kept = write_and_print(reports, failed, plan.limits, options.output)
    print(f'wrote {options.output / MANIFEST}')
    code = exit_code(manifest)
    return code if kept or code == ExitCode.INTERNAL_ERROR else ExitCode.CHECK_FAILED


def merge_reports(options: argparse.Namespace, limits: Sequence[Limit]) -> int:
    """Write an overview of the bags in existing output folders; return the exit code."""
    from fairmot_ros.evaluation.collection.merging import merge

    if options.bags or wants_jobs(options):
        raise ValueError(
            '--merge combines existing reports: give it without bags, --jobs and --dask; evaluate '
            'the bags first'
        )
    for source in options.merge:
        folder = source if source.is_dir() else source.parent
        if folder.resolve() == options.output.resolve():
            raise ValueError(
                f'--output {options.output} is one of the merged folders, whose report would be '
                'overwritten: give another --output'
            )
    merged = merge(options.merge)
    for note in merged.notes:
        print_note(note)
    kept = write_and_print(merged.reports, merged.failed, limits, options.output)
    return ExitCode.SUCCESS if kept else ExitCode.CHECK_FAILED


def write_and_print(
    reports: Sequence, failed: Sequence, limits: Sequence[Limit], folder: Path
) -> bool:
    """Write the overview and print its main metrics; return whether all limits were kept."""
    from fairmot_ros.evaluation.collection.overview import make_overview, write_overview
    from fairmot_ros.evaluation.report.text import format_groups

    overview = make_overview(reports, failed, limits)
    written = write_overview(overview, folder)
    for note in overview.notes:
        print_note(note)
    if overview.groups:
        print(format_groups(overview.groups))
    for path in written:
        print(f'wrote {path}')
    for outcome in overview.outcomes:
        print(outcome)
    return overview.kept
