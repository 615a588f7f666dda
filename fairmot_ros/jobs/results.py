# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Result folders: each appears complete, with its record, or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from fairmot_ros.files.locking import locked
from fairmot_ros.files.writing import writing
from fairmot_ros.jobs.job import JobError
from fairmot_ros.jobs.records import RECORD, Record, read_record, write_record

UNFINISHED = '.unfinished'
LOCK = '.lock'


class ResultFolders:
    """The result folders of all jobs of one output folder.

    Attributes:
        root: folder that contains them.
    """

    def __init__(self, root: Path) -> None:
        """Remember the folder; use `open` before anything is written."""
        self.root = root
        self._unfinished = root / UNFINISHED

    @contextmanager
    def open(self) -> Iterator[None]:
        """Create the folder, and keep other processes from writing to it.

        Raises:
            JobError: if another process does.
            WriteError: if the folder cannot be written.
        """
        with writing(self.root):
            self.root.mkdir(parents=True, exist_ok=True)
        error = JobError(
            f'another command is writing to {self.root}: wait for it, or choose another output '
            'folder'
        )
        with locked(self.root / LOCK, error):
            try:
                self._clean()
                yield
            finally:
                self._clean()

    def record(self, name: str) -> Record | None:
        """Return the record of a result folder; None if there is none."""
        return read_record(self.root / name / RECORD)

    def unfinished(self, name: str) -> Path:
        """Return the folder for the results of a job until `keep` moves them to their place."""
        return self._unfinished / name

    def keep(self, record: Record, results: Mapping[str, bytes] | None) -> None:
        """Put the results of a job that ended, and its record, in place of former ones.

        Of a job that did not finish, the record alone is kept.

        Args:
            record: the record.
            results: contents of the result files, if they are not in the folder `unfinished` yet.

        Raises:
            WriteError: if a file cannot be written.
        """
        folder = self.unfinished(record.folder)
        if not record.is_finished:
            shutil.rmtree(folder, ignore_errors=True)
            results = None
        with writing(folder):
            folder.mkdir(parents=True, exist_ok=True)
            for name, content in (results or {}).items():
                path = folder / PurePosixPath(name)
                if folder.resolve() not in path.resolve().parents:
                    raise JobError(f'a worker sent a file outside of its folder: {name}')
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
        write_record(folder / RECORD, record)
        target = self.root / record.folder
        with writing(target):
            if target.exists():
                former = self._unfinished / f'{record.folder}.former'
                shutil.rmtree(former, ignore_errors=True)
                os.replace(target, former)
            os.replace(folder, target)

    def _clean(self) -> None:
        shutil.rmtree(self._unfinished, ignore_errors=True)
