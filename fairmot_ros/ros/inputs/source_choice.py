# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Choice between the topics that can be the input of a camera, by which of them is published."""

from __future__ import annotations

from collections.abc import Sequence

#: Seconds without a publisher of the present source before a less preferred one is chosen: the
#: publishers of a camera are discovered one after the other.
SETTLE_SECONDS = 0.5


class SourceChoice:
    """Chooses the most preferred source that has a publisher.

    Without any publisher, the present source stays, at first the most preferred one.

    Attributes:
        chosen: index of the source; lower ones are preferred.
        is_decided: whether a source had a publisher so far.
    """

    def __init__(self) -> None:
        """Choose the first source."""
        self.chosen = 0
        self.is_decided = False
        self._absent_since: float | None = None

    def update(self, published: Sequence[bool], now: float) -> bool:
        """Choose anew; return whether the choice changed or was confirmed for the first time.

        Args:
            published: for each source, whether it has a publisher of its type.
            now: on a steady clock, seconds.
        """
        if not any(published):
            self._absent_since = None
            return False
        best = list(published).index(True)
        if best > self.chosen or (best and not self.is_decided):
            if self._absent_since is None:
                self._absent_since = now
            if now - self._absent_since < SETTLE_SECONDS:
                return False
        self._absent_since = None
        changed = best != self.chosen or not self.is_decided
        self.chosen, self.is_decided = best, True
        return changed
