# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""A reader under test, and the property that it must satisfy for any input."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from hypothesis.strategies import SearchStrategy

MAX_SECONDS = 20.0  # CPU time per input; all inputs are small
MAX_GROWTH = 1024  # MiB by which the peak memory of the process may grow per input


class Outcome(Enum):
    """Outcome of an input that was handled correctly."""

    READ = 'read'
    REFUSED = 'refused'


@dataclass(frozen=True)
class Target:
    """A reader and its inputs.

    Attributes:
        name: name of the kind of input.
        error: the only exception class that the reader may raise.
        inputs: returns the strategy; expensive values are cached by the first call.
        read: reads an input and checks the result; the second argument is a folder for files.
        file_name: name that error messages must contain; empty if the input is not a file.
    """

    name: str
    error: type[Exception]
    inputs: Callable[[], SearchStrategy[Any]]
    read: Callable[[Any, Path], object]
    file_name: str = ''

    def check(self, value: Any, folder: Path) -> Outcome:
        """Read an input and check the property.

        Raises:
            AssertionError: if an error message is invalid, or reading takes too long or too much
                memory.
            Exception: any exception of the reader that is not of the class `error`.
        """
        memory, start = _peak_memory(), time.process_time()
        outcome = Outcome.READ
        try:
            self.read(value, folder)
        except self.error as error:
            outcome = Outcome.REFUSED
            _check_message(error, self.file_name)
        seconds, growth = time.process_time() - start, _peak_memory() - memory
        assert seconds <= MAX_SECONDS, f'took {seconds:.0f} s'
        assert growth <= MAX_GROWTH, f'took {growth:.0f} MiB'
        return outcome


def file_target(
    name: str,
    error: type[Exception],
    inputs: Callable[[], SearchStrategy[bytes]],
    read: Callable[[Path], object],
    file_name: str,
) -> Target:
    """Return a target whose input is the content of a file.

    Args:
        name: see `Target`.
        error: see `Target`.
        inputs: see `Target`.
        read: reads the file with the given path and checks the result.
        file_name: name of the file, optionally with folders.
    """

    def read_content(content: bytes, folder: Path) -> object:
        path = folder / file_name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return read(path)

    return Target(name, error, inputs, read_content, Path(file_name).name)


def _check_message(error: Exception, file_name: str) -> None:
    text = str(error)
    assert text.strip(), 'the message is empty'
    assert len(text.splitlines()) == 1, f'the message has several lines: {text!r}'
    assert file_name in text, f'the message does not name {file_name}: {text!r}'
    cause: BaseException | None = error
    while cause is not None:
        assert not isinstance(cause, MemoryError), f'ran out of memory: {text}'
        cause = cause.__cause__


def _peak_memory() -> float:
    """Return the peak memory of the process in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
