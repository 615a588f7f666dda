# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Decision on a frame by its stamp: track it, skip it, or reset the tracker."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from fairmot_ros.settings import Settings, setting

#: Largest delay, in seconds, of a frame that counts as out of order.
MAX_REORDERING = 0.5
#: Time step of the tracker, in seconds, when tracks are kept although time went back.
NOMINAL_STEP = 1 / 30


class StampDecision(Enum):
    """Decision on a frame."""

    TRACK = 'track'
    SKIP = 'skip'
    RESET = 'reset'


@dataclass(frozen=True)
class StampSettings(Settings):
    """Handling of irregular stamps."""

    on_time_jump: str = setting(
        'reset',
        "when time goes back or a gap exceeds `max_gap`: 'reset' drops all tracks, 'continue' "
        'keeps them',
        choices=('reset', 'continue'),
    )
    max_gap: float = setting(
        5.0,
        'time between two frames above which a gap counts as a jump in time',
        unit='seconds',
        low=0.0,
        high=3600.0,
    )


class StampPolicy:
    """Decides on the stamps of one camera, and derives a time that always increases.

    A stamp that goes back, or a gap larger than `max_gap`, is a jump in time: the bag looped, the
    camera restarted or the clock was set. With `on_time_jump` 'reset', all tracks are dropped.
    With 'continue', they are kept: a gap passes as it is, and if the stamp went back, the time of
    the tracker advances by `NOMINAL_STEP`.

    Repeated stamps are skipped. So is a single frame that is late by up to `MAX_REORDERING`, as it
    was delivered out of order; a second one in a row means that time went back.

    Attributes:
        settings: may be replaced at any time.
        jumps: number of jumps in time.
        skipped: number of skipped frames.
    """

    def __init__(self, settings: StampSettings | None = None) -> None:
        """Accept any first stamp."""
        self.settings = settings or StampSettings()
        self.jumps = 0
        self.skipped = 0
        self._last: float | None = None
        self._late: float | None = None
        self._offset = 0.0

    def decide(self, stamp: float) -> StampDecision:
        """Decide on the frame with this stamp in seconds, and store the stamp."""
        last, late, self._late = self._last, self._late, None
        if last is None:
            self._last = stamp
            return StampDecision.TRACK
        step = stamp - last
        if step == 0 or stamp == late:
            self._late = late
            self.skipped += 1
            return StampDecision.SKIP
        if -MAX_REORDERING <= step < 0 and late is None:
            self._late = stamp
            self.skipped += 1
            return StampDecision.SKIP
        self._last = stamp
        if 0 < step <= self.settings.max_gap:
            return StampDecision.TRACK
        self.jumps += 1
        if self.settings.on_time_jump == 'reset':
            self._offset = 0.0
            return StampDecision.RESET
        if step < 0:
            self._offset += NOMINAL_STEP - step
        return StampDecision.TRACK

    def tracker_time(self, stamp: float) -> float:
        """Return the time of the tracker, in seconds, for the last stamp."""
        return stamp + self._offset

    def reset(self) -> None:
        """Accept any next stamp."""
        self._last = self._late = None
        self._offset = 0.0
