# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Run jobs on a pool of workers; keep their results, and take up those of a former run."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from tqdm import tqdm

from fairmot_ros.jobs.job import Job, JobError, Outcome, Pool, Status, Task
from fairmot_ros.jobs.manifest import Manifest, write_manifest
from fairmot_ros.jobs.names import distinct_names, folder_name
from fairmot_ros.jobs.records import Record, make_record, reason_to_repeat
from fairmot_ros.jobs.results import ResultFolders

#: Seconds between two versions of the manifest while jobs run.
MANIFEST_PERIOD = 10.0
#: Outcomes that end all jobs.
ENDING = (Status.UNUSABLE,)


def run_jobs(
    jobs: Sequence[Job],
    pool: Pool,
    output: Path,
    *,
    folder: str = 'results',
    strict: bool = False,
    note: Callable[[str], object] = lambda text: None,
    unit: str = 'input',
) -> Manifest:
    """Run jobs; inputs that cannot be used are noted and passed over.

    Results of a former run with equal inputs, settings and version are taken up. On any exception,
    Ctrl-C included, finished results and the manifest are complete.

    Args:
        jobs: jobs with different inputs.
        pool: workers.
        output: folder of the manifest.
        folder: name of the folder in it for the result folders.
        strict: end at the first input that cannot be used.
        note: called with remarks for the user.
        unit: what an input is called.

    Raises:
        JobError: if two jobs have the same input, the settings cannot be used, the workers fail,
            or with `strict` an input cannot be used.
        WriteError: if a file cannot be written.
    """
    run = _Run(jobs, ResultFolders(output / folder), note)
    with run.folders.open():
        waiting = run.take_up()
        try:
            with (
                closing(pool.run(waiting)) as outcomes,
                tqdm(total=len(jobs), initial=len(jobs) - len(waiting), unit=unit) as bar,
            ):
                written = time.monotonic()
                for task, outcome in outcomes:
                    run.keep(task, outcome, strict=strict)
                    bar.update()
                    if time.monotonic() - written > MANIFEST_PERIOD:
                        write_manifest(output, run.manifest())
                        written = time.monotonic()
        finally:
            write_manifest(output, run.manifest())
    return run.manifest()


class _Run:
    """Records of the jobs of one call of `run_jobs`."""

    def __init__(
        self, jobs: Sequence[Job], folders: ResultFolders, note: Callable[[str], object]
    ) -> None:
        self.folders = folders
        self._jobs = jobs
        self._note = note
        self._sources = [os.path.abspath(job.source) for job in jobs]
        twice = [source for source, count in Counter(self._sources).items() if count > 1]
        if twice:
            raise JobError(f'{twice[0]} is given twice: give every input once')
        self._titles = dict(zip(self._sources, distinct_names([job.source for job in jobs])))
        self._records: dict[str, Record] = {}
        self._repeated: dict[str, str] = {}
        self._taken_up: set[str] = set()

    def take_up(self) -> list[Task]:
        """Take up the results of a former run and return the tasks of the other jobs."""
        tasks = []
        for job, source in zip(self._jobs, self._sources):
            name = folder_name(job.source)
            record = self.folders.record(name)
            reason = '' if record is None else reason_to_repeat(record, job)
            if record is not None and not reason:
                self._records[source] = record
                self._taken_up.add(source)
                continue
            if reason:
                self._repeated[source] = reason
                self._note(f'{self._titles[source]} is computed again: {reason}')
            tasks.append(Task(job, self.folders.unfinished(name)))
        if self._taken_up:
            self._note(
                f'{len(self._taken_up)} of {len(self._jobs)} inputs are taken up from a former run'
            )
        return tasks

    def keep(self, task: Task, outcome: Outcome, *, strict: bool) -> None:
        """Keep the results of a task."""
        record = make_record(task.job, task.folder.name, outcome)
        if outcome.status in ENDING:
            raise JobError(outcome.reason)
        self.folders.keep(record, outcome.results)
        self._records[record.source] = record
        title = self._titles[record.source]
        if outcome.attempts > 1 and record.is_finished:
            self._note(
                f'{title}: workers that ended before one finished it: {outcome.attempts - 1}'
            )
        if record.is_finished:
            return
        if strict:
            raise JobError(f'{title}: {outcome.reason}')
        self._note(f'{title} is passed over: {outcome.reason}')

    def manifest(self) -> Manifest:
        """Return the present state."""
        return Manifest(
            [self._records.get(source) for source in self._sources],
            self._sources,
            dict(self._repeated),
            frozenset(self._taken_up),
        )
