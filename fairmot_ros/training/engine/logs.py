# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Log of a run: a CSV file and, if installed, TensorBoard."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fairmot_ros.files.writing import BlockFile, replacing

COLUMNS = ('step', 'seconds', 'rate')


class RunLog:
    """`log.csv` in the folder of the run: the mean of each loss term since the previous line."""

    def __init__(self, folder: Path, step: int, terms: Sequence[str]) -> None:
        """Open the log of a run that starts or resumes after `step`.

        Later lines, written after the last save of an interrupted run, are removed.
        """
        self.terms = tuple(terms)
        self.path = folder / 'log.csv'
        rows = []
        if self.path.is_file():
            with self.path.open(newline='') as file:
                kept = (row for row in csv.reader(file) if row and row[0].isdigit())
                rows = [row for row in kept if int(row[0]) <= step]
        with replacing(self.path) as partial, partial.open('w', newline='') as file:
            csv.writer(file).writerows([(*COLUMNS, *self.terms), *rows])
        self._file = BlockFile(self.path, append=True)
        self.board = _tensorboard(folder, step)

    def write(self, step: int, seconds: float, rate: float, terms: dict[str, float]) -> None:
        """Append a line.

        Args:
            step: number of the last step.
            seconds: training time so far.
            rate: factor on the learning rate.
            terms: loss terms by name.

        Raises:
            WriteError: if the line cannot be written; earlier lines are kept.
        """
        values = [f'{terms[name]:.9g}' for name in self.terms]
        line = ','.join([str(step), f'{seconds:.1f}', f'{rate:.6g}', *values])
        self._file.write(f'{line}\r\n')
        if self.board is not None:
            for name in self.terms:
                self.board.add_scalar(f'loss/{name}', terms[name], step)
            self.board.add_scalar('rate', rate, step)

    def close(self) -> None:
        """Close the files."""
        self._file.close()
        if self.board is not None:
            self.board.close()


def _tensorboard(folder: Path, step: int) -> Any:
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:  # optional: log.csv holds the same numbers
        return None
    return SummaryWriter(str(folder / 'tensorboard'), purge_step=step)
