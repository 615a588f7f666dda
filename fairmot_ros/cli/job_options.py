# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Options of commands that work on many inputs at once, and the pool of workers they describe."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from fairmot_ros.cli.command import ExitCode
from fairmot_ros.jobs.job import Job, JobError, Pool, Status
from fairmot_ros.jobs.local import LocalPool
from fairmot_ros.jobs.machine import cores
from fairmot_ros.jobs.manifest import Manifest
from fairmot_ros.jobs.memory import free_memory, memory_note


def add_job_options(parser: argparse.ArgumentParser, inputs: str) -> None:
    """Add the options; `inputs` is what the inputs are called, such as 'bags'."""
    jobs = parser.add_argument_group(
        f'many {inputs}',
        f'With --jobs or --dask, each of the {inputs} is a job with results of its own, which\n'
        'are kept as they come; the same command computes what is missing.\n'
        'See docs/howto/many_bags.md.',
    )
    workers = jobs.add_mutually_exclusive_group()
    workers.add_argument(
        '--jobs',
        type=int,
        default=None,
        metavar='N',
        help=f'work on N {inputs} at a time in processes of this machine; 1 is possible',
    )
    workers.add_argument(
        '--dask',
        default=None,
        metavar='ADDRESS',
        help='work on the Dask cluster of this scheduler, such as tcp://host:8786 (needs the '
        'Python package distributed); workers need this package, and files that they do not '
        'find are sent to them',
    )
    jobs.add_argument(
        '--threads',
        type=int,
        default=None,
        metavar='N',
        help='CPU threads of each engine (default: the cores divided by --jobs; 1 with --dask)',
    )
    jobs.add_argument(
        '--strict',
        action='store_true',
        help=f'end at the first of the {inputs}, or image, that cannot be used, instead of noting '
        'it and passing it over',
    )


def wants_jobs(options: argparse.Namespace) -> bool:
    """Return whether the options ask for workers.

    Raises:
        ValueError: if there are threads without workers.
    """
    asked = options.jobs is not None or options.dask is not None
    if options.threads is not None and not asked:
        raise ValueError('--threads divides the cores among workers: give --jobs or --dask')
    return asked


def make_pool(options: argparse.Namespace, jobs: Sequence[Job]) -> Pool:
    """Return the pool of workers, and print whether they fit into the memory.

    Raises:
        ValueError: if a number is out of range.
        JobError: if the cluster cannot be used.
        ModuleNotFoundError: if the package distributed is missing.
    """
    if options.threads is not None and options.threads < 1:
        raise ValueError(f'--threads must be at least 1, got {options.threads}')
    if options.dask is not None:
        from fairmot_ros.jobs.cluster import DaskPool

        return DaskPool(options.dask, options.threads or 1)
    if options.jobs < 1:
        raise ValueError(f'--jobs must be at least 1, got {options.jobs}')
    workers = min(options.jobs, len(jobs))
    if jobs:
        print_note(memory_note(workers, jobs[0].memory(), free_memory()))
    return LocalPool(workers, options.threads or max(1, cores() // options.jobs))


def print_note(text: str) -> None:
    """Print a remark for the user on stderr."""
    print(f'note: {text}', file=sys.stderr)


def exit_code(manifest: Manifest) -> ExitCode:
    """Return the exit code of a run, and print the traceback of its first fault."""
    faults = [r for r in manifest.failed if r.outcome.status is Status.FAULT]
    if faults:
        print(faults[0].outcome.details, file=sys.stderr)
        return ExitCode.INTERNAL_ERROR
    if not manifest.finished:
        raise JobError('none of the inputs could be used: see the notes above')
    return ExitCode.CHECK_FAILED if manifest.failed else ExitCode.SUCCESS


def print_manifest(manifest: Manifest) -> None:
    """Print why results may not be reproducible to the digit, and the memory of the workers."""
    for text in manifest.differences():
        print_note(f'another run may give other last digits: {text}')
    peak = max((r.outcome.peak_memory for r in manifest.finished), default=0)
    if peak:
        print_note(f'memory: the largest worker took {peak / 1e9:.1f} GB')
