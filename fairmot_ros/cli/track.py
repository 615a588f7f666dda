# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Track people in videos, images, bags, cameras and streams: ``fairmot-track people.mp4``."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from types import FrameType
from typing import TYPE_CHECKING

from tqdm import tqdm

from fairmot_ros.cli.command import RESUMABLE, ExitCode, run_command
from fairmot_ros.cli.job_options import wants_jobs
from fairmot_ros.cli.track_arguments import (
    make_parser,
    output_choice,
    read_options,
    read_parameters,
)
from fairmot_ros.cli.track_many import track_many
from fairmot_ros.files.writing import WriteError

if TYPE_CHECKING:
    from fairmot_ros.standalone import Source, TrackJob, TrackResult
    from fairmot_ros.standalone.job import View

NAME = 'fairmot-track'
INTERRUPTED = 'interrupted; what was tracked before is kept'


class Stop:
    """Request of the user to stop: set by the first Ctrl-C; a second one ends the command."""

    def __init__(self) -> None:
        self.is_requested = False

    def __call__(self) -> bool:
        return self.is_requested

    @contextmanager
    def on_signals(self) -> Iterator[None]:
        """Handle SIGINT and SIGTERM in the body."""
        numbers = (signal.SIGINT, signal.SIGTERM)
        before = {number: signal.signal(number, self._request) for number in numbers}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _request(self, number: int, frame: FrameType | None) -> None:
        if self.is_requested:
            signal.default_int_handler(number, frame)
        self.is_requested = True
        # Not by print, which must not be called while the progress bar writes.
        os.write(2, f'\n{NAME}: stopping; Ctrl-C again ends at once\n'.encode())


def track(options: argparse.Namespace) -> int:
    """Track the sources one after another; return the exit code.

    Raises:
        ValueError: if an option is wrong, or no source can be tracked; with ``--strict``, if any
            cannot.
        WriteError: if a file cannot be written.
    """
    outputs, configuration = output_choice(options), read_parameters(options)
    reading = read_options(options, configuration)
    if not options.sources:
        raise ValueError(
            'no source: give a video, a folder of images, a bag, the number of a camera or an '
            'address'
        )
    from fairmot_ros.standalone import Source, TrackJob, find_sources
    from fairmot_ros.standalone.folders import output_folders
    from fairmot_ros.standalone.job import load_detector

    found = find_sources(options.sources)
    sources = [source for source in found if isinstance(source, Source)]
    check_use(options, sources)
    report = Report(strict=options.strict, count=len(sources))
    for error in found:
        if not isinstance(error, Source):
            report.fail(error)
    if not sources:
        return report.exit_code
    if wants_jobs(options):
        folder = options.output  # each worker has its own
        works = [
            TrackJob(source, folder, configuration, reading, outputs, options.strict)
            for source in sources
        ]
        code = track_many(options, works, report.fail)
        return ExitCode.CHECK_FAILED if code == ExitCode.SUCCESS and report.has_failures else code
    stop = Stop()
    with stop.on_signals(), ExitStack() as stack:
        view = _open_page(options, stack) if options.show else None
        load_detector(configuration.detector())
        for source, folder in zip(sources, output_folders(sources, options.output)):
            if stop():
                break
            job = TrackJob(source, folder, configuration, reading, outputs, options.strict)
            _track_one(job, report, view, stop)
    if stop():
        raise KeyboardInterrupt
    return report.exit_code


def check_use(options: argparse.Namespace, sources: Sequence[Source]) -> None:
    """Raise ValueError for an option that would have no effect."""
    from fairmot_ros.standalone.sources import Kind

    if options.image_topic and sources and not any(s.kind is Kind.BAG for s in sources):
        raise ValueError('--image-topic is for bags, and no source is one: leave it out')
    if options.port and not options.show:
        raise ValueError('--port is that of the page of --show: add --show')


class Report:
    """What was tracked so far, and what could not be."""

    def __init__(self, *, strict: bool, count: int) -> None:
        self.position = 0
        self._strict = strict
        self._count = count
        self._tracked = 0
        self._failures: list[Exception] = []

    @property
    def has_failures(self) -> bool:
        """Whether a source could not be tracked."""
        return bool(self._failures)

    @property
    def exit_code(self) -> ExitCode:
        """Exit code of the command."""
        if not self._failures:
            return ExitCode.SUCCESS
        return ExitCode.CHECK_FAILED if self._tracked else ExitCode.USAGE_ERROR

    def title(self, job: TrackJob) -> str:
        """Return the title of the progress bar of the next source."""
        self.position += 1
        count = f' ({self.position} of {self._count})' if self._count > 1 else ''
        return f'{job.source.name}{count}'

    def fail(self, error: Exception) -> None:
        """Print why a source cannot be tracked, or raise the error if that ends the command."""
        if self._strict:
            raise error
        self._failures.append(error)
        print(f'{NAME}: {error}', file=sys.stderr)

    def add(self, result: TrackResult) -> None:
        """Print the result of a source."""
        self._tracked += 1
        print(result.source)
        print(f'  frames   {result.frames} tracked')
        print(f'  tracks   {result.tracks} people in {result.boxes} boxes')
        for note in result.notes:
            print(f'  note     {note}')
        for path in result.files:
            print(f'  wrote    {path}')
        if result.failure:
            self.fail(ValueError(f'{result.failure}; {result.frames} frames before are kept'))


def _track_one(job: TrackJob, report: Report, view: View | None, stop: Stop) -> None:
    from fairmot_ros.standalone import track_source

    with tqdm(
        desc=report.title(job), unit='frame', mininterval=0.2 if sys.stderr.isatty() else 10.0
    ) as bar:

        def progress(done: int, total: int) -> None:
            bar.total = total or None
            bar.update(done - bar.n)

        try:
            result = track_source(job, progress, view, stop)
        except WriteError:
            raise
        except (ValueError, OSError) as error:
            bar.leave = False
            failure = error
            result = None
    if result is not None:
        report.add(result)
    elif not stop():
        report.fail(failure)


def _open_page(options: argparse.Namespace, stack: ExitStack) -> View:
    """Open the page of --show, and print its address."""
    from fairmot_ros.standalone.live_page import LivePage

    page = LivePage(options.port)
    stack.callback(page.close)
    opened = page.open_browser()
    print(f'showing {page.address}' if opened else f'open {page.address} in a browser', flush=True)
    return page.show


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return the exit code."""
    options = make_parser().parse_args(arguments)
    interrupted = RESUMABLE if options.jobs or options.dask else INTERRUPTED
    return run_command(NAME, lambda: track(options), interrupted=interrupted)


if __name__ == '__main__':
    sys.exit(main())
