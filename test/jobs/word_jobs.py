# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Small jobs that count the words of a text file; some words make a worker fail or die."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class WordJob:
    """Counts the words of a file.

    The first word of the file decides what happens: `bad` and `bug` raise, `die` kills the worker,
    `die-once` only the first one, `slow` takes a minute.
    """

    path: Path
    factor: int = 1
    usable: bool = True
    is_hidden: bool = False  # whether workers do not find the file
    copy: Path | None = None

    @property
    def source(self) -> Path:
        return self.path

    @property
    def deterministic(self) -> bool:
        return True

    def files(self) -> Mapping[str, Path]:
        hidden = self.is_hidden and 'DASK_WORKER' in os.environ
        own = self.path.with_suffix('.hidden') if hidden else self.path
        return {'text': self.copy or own}

    def settings(self) -> Mapping[str, Any]:
        return {'factor': self.factor}

    def read_from(self, copies: Mapping[str, Path]) -> WordJob:
        return replace(self, copy=copies['text'])

    def memory(self) -> int:
        return 1000

    def prepare(self, threads: int) -> None:
        if not self.usable:
            raise ValueError('factor cannot be used')

    def run(self, folder: Path, threads: int) -> Sequence[str]:
        words = (self.copy or self.path).read_text().split()
        (folder / 'part').mkdir()
        (folder / 'part' / 'count.txt').write_text(str(self.factor * len(words)))
        first = words[0]
        if first == 'bad':
            raise ValueError(f'{self.copy or self.path} cannot be used')
        if first == 'bug':
            raise RuntimeError('something unexpected')
        if first == 'slow':
            time.sleep(60)
        marker = self.path.with_suffix('.died')
        if first == 'die' or (first == 'die-once' and not marker.exists()):
            marker.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return [f'{len(words)} words']


def make_files(folder: Path, *texts: str) -> list[Path]:
    """Write text files `0.txt`, `1.txt`, ... and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f'{number}.txt' for number in range(len(texts))]
    for path, text in zip(paths, texts):
        path.write_text(text)
    return paths


def counts(output: Path) -> dict[str, int]:
    """Return the results of all jobs by the name of the input."""
    return {
        path.parts[-3].rpartition('-')[0]: int(path.read_text())
        for path in sorted(output.glob('results/*/part/count.txt'))
    }
