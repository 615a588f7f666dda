# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Record of a job beside its results, and the reason to repeat it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fairmot_ros
from fairmot_ros.files.writing import write_text
from fairmot_ros.jobs.fingerprint import FileState, has_changed
from fairmot_ros.jobs.job import Job, Outcome, Status

RECORD = 'record.json'
FORMAT = 1  # version of the record; increases when the meaning of a field changes
MEGABYTE = 2**20


@dataclass(frozen=True)
class Record:
    """What is kept of a job.

    Attributes:
        source: absolute path of the input.
        folder: name of the result folder.
        outcome: the outcome, without result files.
        settings: settings of the job.
        version: version of this package that computed the results.
        deterministic: whether the job is, on one kind of CPU.
    """

    source: str
    folder: str
    outcome: Outcome
    settings: Mapping[str, Any]
    version: str
    deterministic: bool

    @property
    def is_finished(self) -> bool:
        """Whether the results are complete."""
        return self.outcome.status is Status.FINISHED

    def as_data(self) -> dict[str, Any]:
        """Return the record for JSON."""
        outcome = self.outcome
        return {
            'format': FORMAT,
            'input': self.source,
            'folder': self.folder,
            'status': outcome.status.value,
            'reason': outcome.reason,
            'details': outcome.details,
            'notes': list(outcome.notes),
            'files': {role: state.as_data() for role, state in outcome.files.items()},
            'settings': dict(self.settings),
            'fairmot_ros': self.version,
            'deterministic': self.deterministic,
            'environment': dict(outcome.environment),
            'host': outcome.host,
            'seconds': outcome.seconds,
            'cpu_seconds': outcome.cpu_seconds,
            'peak_memory_mb': round(outcome.peak_memory / MEGABYTE),
            'attempts': outcome.attempts,
        }


def make_record(job: Job, folder: str, outcome: Outcome) -> Record:
    """Return the record of a job that ended."""
    settings = json.loads(json.dumps(job.settings()))  # as they are read again
    return Record(
        os.path.abspath(job.source),
        folder,
        outcome,
        settings,
        fairmot_ros.__version__,
        job.deterministic,
    )


def write_record(path: Path, record: Record) -> None:
    """Write a record.

    Raises:
        WriteError: if it cannot be written.
    """
    write_text(path, json.dumps(record.as_data(), indent=1) + '\n')


def read_record(path: Path) -> Record | None:
    """Read a record; None if there is none, or another version of this package wrote it."""
    try:
        data = json.loads(path.read_text(encoding='utf-8'))
        if data['format'] != FORMAT:
            return None
        outcome = Outcome(
            Status(data['status']),
            data['reason'],
            data['details'],
            tuple(data['notes']),
            {role: FileState(**state) for role, state in data['files'].items()},
            data['environment'],
            data['host'],
            data['seconds'],
            data['cpu_seconds'],
            data['peak_memory_mb'] * MEGABYTE,
            data['attempts'],
        )
        return Record(
            data['input'],
            data['folder'],
            outcome,
            data['settings'],
            data['fairmot_ros'],
            data['deterministic'],
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None  # nothing that can be used, so the job is repeated


#: What happened to a job without results, by its status.
PAST = {
    Status.FAILED: 'failed',
    Status.FAULT: 'ended with a fault',
    Status.ABANDONED: 'was abandoned',
    Status.UNUSABLE: 'failed',
    Status.MISSING: 'was missing files',
}


def reason_to_repeat(record: Record, job: Job) -> str:
    """Return why the results of a record cannot be used for a job; '' if they can."""
    if not record.is_finished:
        return f'it {PAST[record.outcome.status]} before: {record.outcome.reason}'
    if record.version != fairmot_ros.__version__:
        return f'fairmot_ros {record.version} computed it, this is {fairmot_ros.__version__}'
    settings = make_record(job, '', record.outcome).settings
    changed = sorted(
        name
        for name in {*settings, *record.settings}
        if settings.get(name) != record.settings.get(name)
    )
    if changed:
        return f'settings changed: {", ".join(changed)}'
    files, before = job.files(), record.outcome.files
    if files.keys() != before.keys():
        return f'other files: {", ".join(sorted(files.keys() ^ before.keys()))}'
    for role, path in files.items():
        try:
            if has_changed(path, before[role]):
                return f'the contents changed: {role} ({path})'
        except OSError as error:
            return str(error)
    return ''
