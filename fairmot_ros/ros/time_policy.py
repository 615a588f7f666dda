"""What an image's stamp means for the tracks: go on, skip the image, or start anew."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Verdict(Enum):
    """What to do with an image."""

    TRACK = 'track'
    SKIP = 'skip'
    RESET = 'reset'


@dataclass
class StampPolicy:
    """Watches the stamps of one camera.

    Bags loop, cameras restart and clocks are set: a stamp that goes back, or a gap larger
    than `max_gap`, is a jump. With `on_jump` 'reset' the tracks are dropped and time starts
    anew; with 'continue' they are kept, late images are skipped, and a long gap is an
    ordinary one. The same stamp twice is the same image, and always skipped.

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

    def judge(self, stamp: float) -> Verdict:
        """Take note of a stamp in seconds and decide."""
        last = self._last
        if last is not None and stamp == last:
            self.skipped += 1
            return Verdict.SKIP
        jumped = last is not None and not 0 < stamp - last <= self.max_gap
        if jumped:
            self.jumps += 1
            if self.on_jump == 'reset':
                self._last = stamp
                return Verdict.RESET
            if last is not None and stamp < last:
                self.skipped += 1
                return Verdict.SKIP
        self._last = stamp
        return Verdict.TRACK

    def forget(self) -> None:
        """Start anew with the next stamp, whatever it is."""
        self._last = None
