# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Evaluate trackers on bags, offline and live: ``fairmot-evaluate walk --rate 7 15 30``."""

from __future__ import annotations

import argparse
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

from fairmot_ros.cli.command import RESUMABLE, ExitCode, run_command
from fairmot_ros.cli.evaluate_many import evaluate_many, merge_reports
from fairmot_ros.cli.evaluation_arguments import OPTIONS, make_parser, read_limits, read_plan
from fairmot_ros.cli.job_options import wants_jobs
from fairmot_ros.evaluation import PlanError

if TYPE_CHECKING:
    from fairmot_ros.evaluation.bags import BagError
    from fairmot_ros.evaluation.runs.recording import Recording
    from fairmot_ros.evaluation.runs.run_scores import Run
    from fairmot_ros.evaluation.runs.runner import LiveRunner


def evaluate(options: argparse.Namespace) -> int:
    """Run the plan, write the report and print the main metrics; return the exit code."""
    try:
        if options.merge:
            return merge_reports(options, read_limits(options))
        plan = read_plan(options)
        if wants_jobs(options):
            return evaluate_many(options, plan)
        live = live_runner() if plan.rates else None
        from fairmot_ros.detector.engines.memory import keep_freed_memory
        from fairmot_ros.evaluation import run
        from fairmot_ros.evaluation.report import format_groups, write_report, write_tracks

        def keep(finished: Run) -> None:
            write_tracks(finished, options.output)
            print_notes(finished)

        failures: list[BagError] = []

        def pass_over(error: BagError) -> None:
            failures.append(error)
            print(f'fairmot-evaluate: passed over: {error}', file=sys.stderr)

        keep_freed_memory()
        evaluation = run(plan, live, print_notes, keep, None if plan.strict else pass_over)
    except PlanError as error:
        raise ValueError(error.text(OPTIONS)) from error
    written = write_report(evaluation, options.output)
    print(format_groups(evaluation.groups()))
    for path in written:
        print(f'wrote {path}')
    for outcome in evaluation.outcomes:
        print(outcome)
    return ExitCode.CHECK_FAILED if failures or not evaluation.kept else ExitCode.SUCCESS


def live_runner() -> LiveRunner:
    """Return the function that plays bags to the real node.

    Raises:
        ModuleNotFoundError: if ROS 2 is not installed.
    """
    if find_spec('rclpy') is None:
        raise ModuleNotFoundError(name='rclpy')
    from fairmot_ros.ros.tools.live_evaluation import track_live

    return track_live


def print_notes(source: Recording | Run) -> None:
    """Print the notes of a recording or a finished run."""
    for note in source.notes:
        print(f'note: {note}')


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return the exit code."""
    options = make_parser().parse_args(arguments)
    return run_command(
        'fairmot-evaluate',
        lambda: evaluate(options),
        interrupted=RESUMABLE if options.jobs or options.dask else 'interrupted',
    )


if __name__ == '__main__':
    sys.exit(main())
