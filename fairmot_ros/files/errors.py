# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Conversion of all errors while reading a file to one exception class."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class FileError(ValueError):
    """Base class of errors of input files and messages; the text is always a single line."""

    def __init__(self, text: str) -> None:
        super().__init__(' '.join(line.strip() for line in text.splitlines()))


@contextmanager
def reading(what: str, kind: type[Exception]) -> Iterator[None]:
    """Convert any exception in the body to `kind`.

    Readers raise all kinds of exceptions for damaged files; callers handle only `kind`.

    Args:
        what: beginning of the message, such as 'walk.mcap cannot be read'; the reason is appended.
        kind: exception class that takes a message; instances of it are raised unchanged.
    """
    try:
        yield
    except kind:
        raise
    except Exception as error:
        raise kind(f'{what}: {reason_of(error)}') from error


def reason_of(error: Exception) -> str:
    """Return the first line of an exception's message, or the name of its type if it is empty.

    The message of a LookupError is only the key, so its type is put before it.
    """
    text = (str(error).strip() or type(error).__name__).splitlines()[0]
    return f'{type(error).__name__}: {text}' if isinstance(error, LookupError) else text
