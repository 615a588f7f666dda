"""What an image's stamp means for the tracks: go on, skip the image, or start anew."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

REORDERED = 0.5  # seconds: an image late by less may have been overtaken by the next one
NOMINAL_STEP = 1 / 30  # seconds that pass for the tracks when their time goes on after a jump


class Verdict(Enum):
    """What to do with an image."""

    TRACK = 'track'
    SKIP = 'skip'
    RESET = 'reset'


@dataclass
class StampPolicy:
    """Watches the stamps of one camera and gives the tracker a time that only ever grows.

    Bags loop, cameras restart and clocks are set: a stamp that goes back, or a gap larger than
    `max_gap`, is a jump. With `on_jump` 'reset' the tracks are dropped and time starts anew;
    with 'continue' they are kept: a gap is an ordinary one, and where the stamp went back, only
    a moment has passed for the tracks. The same stamp twice is the same image, and always
    skipped. One image that is a little late was overtaken on its way and is skipped; a second
    one in a row shows that time did go back.

    Attributes:
        on_jump: 'reset' or 'continue'.
        max_gap: seconds.
        jumps: how often time jumped.
        skipped: images left out.
    """

    on_jump: str = 'reset'
    max_gap: float = 5.0
    jumps: int = 0
    skipped: int = 0
    _last: float | None = None
    _late: float | None = None
    _offset: float = 0.0

    def judge(self, stamp: float) -> Verdict:
        """Take note of a stamp in seconds and decide."""
        last, late, self._late = self._last, self._late, None
        if last is None:
            self._last = stamp
            return Verdict.TRACK
        step = stamp - last
        if step == 0 or stamp == late:
            self._late = late
            self.skipped += 1
            return Verdict.SKIP
        if -REORDERED <= step < 0 and late is None:
            self._late = stamp
            self.skipped += 1
            return Verdict.SKIP
        self._last = stamp
        if 0 < step <= self.max_gap:
            return Verdict.TRACK
        self.jumps += 1
        if self.on_jump == 'reset':
            self._offset = 0.0
            return Verdict.RESET
        if step < 0:
            self._offset += NOMINAL_STEP - step
        return Verdict.TRACK

    def tracker_time(self, stamp: float) -> float:
        """Return the tracker's time of an image that was judged to be tracked, in seconds."""
        return stamp + self._offset

    def forget(self) -> None:
        """Start anew with the next stamp, whatever it is."""
        self._last = self._late = None
        self._offset = 0.0
