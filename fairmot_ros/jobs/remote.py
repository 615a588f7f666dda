# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Execution of a job in a worker that shares no output folder with the sender."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from fairmot_ros.jobs.execution import execute
from fairmot_ros.jobs.job import Job, Outcome, Status
from fairmot_ros.jobs.sending import PackedFile


def execute_remotely(
    job: Job, threads: int, sizes: Mapping[str, int], sent: Mapping[str, PackedFile]
) -> Outcome:
    """Run a job in a temporary folder; the outcome has the contents of its result files.

    Args:
        job: the job.
        threads: CPU threads of one engine.
        sizes: sizes of the files where the job comes from, by role, in bytes.
        sent: files that this worker does not find, by role.
    """
    with tempfile.TemporaryDirectory(prefix='fairmot-') as name:
        root = Path(name).resolve()
        originals = job.files()
        copies: dict[str, Path] = {}
        parents = list(dict.fromkeys(originals[role].parent for role in sent))
        for role, packed in sent.items():  # files of one folder stay together
            number = parents.index(originals[role].parent)
            copies[role] = packed.unpack(root / 'inputs' / str(number))
        folder = root / 'results'
        outcome = execute(job.read_from(copies) if copies else job, folder, threads, sizes)
        paths = {str(copy): str(originals[role]) for role, copy in copies.items()}
        return replace(
            outcome,
            reason=_with_originals(outcome.reason, paths),
            details=_with_originals(outcome.details, paths),
            notes=[_with_originals(note, paths) for note in outcome.notes],
            results={
                file.relative_to(folder).as_posix(): file.read_bytes()
                for file in sorted(folder.rglob('*'))
                if file.is_file() and outcome.status is Status.FINISHED
            },
        )


def _with_originals(text: str, paths: Mapping[str, str]) -> str:
    """Return a text with the original paths instead of those of the copies."""
    for copy, original in paths.items():
        text = text.replace(copy, original)
    return text
