# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Faulty training data: the error that stops a run, and the collected messages that do not."""

from __future__ import annotations

from collections.abc import Iterable

from fairmot_ros.files.label_errors import LabelError

MAX_REPORTED = 10  # messages of a report


class DataError(LabelError):
    """Unusable training data, images or labels; the message names the file."""


class Problems:
    """Messages about faulty files in order of occurrence, without duplicates."""

    def __init__(self, messages: Iterable[str] = ()) -> None:
        self._messages = dict.fromkeys(messages)

    def __len__(self) -> int:
        return len(self._messages)

    def add(self, message: str) -> bool:
        """Add a message that names the faulty file; return False for a duplicate."""
        new = message not in self._messages
        self._messages[message] = None
        return new

    def messages(self) -> list[str]:
        """Return all messages."""
        return list(self._messages)

    def report(self, shown: int | None = MAX_REPORTED) -> str:
        """Return the number of problems and the first `shown` messages, one per line.

        Args:
            shown: maximum number of messages; None for all.

        Returns:
            An empty string if there are no problems.
        """
        if not self._messages:
            return ''
        lines = [f'problems with the data: {len(self)}']
        lines += [f'  {message}' for message in self.messages()[:shown]]
        if shown is not None and len(self) > shown:
            lines.append(f'  and {len(self) - shown} more')
        return '\n'.join(lines)
