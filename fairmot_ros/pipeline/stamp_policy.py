"""What the stamp of a frame means for the tracks: track, skip the frame, or reset."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from fairmot_ros.settings import Settings, setting

REORDERED = 0.5  # seconds: a frame late by less may have been overtaken by the next one
NOMINAL_STEP = 1 / 30  # seconds that pass for the tracks when time continues after a jump


class StampDecision(Enum):
    """What to do with a frame."""

    TRACK = 'track'
    SKIP = 'skip'
    RESET = 'reset'


@dataclass(frozen=True)
class StampSettings(Settings):
    """How irregular stamps are treated."""

    on_time_jump: str = setting(
        'reset',
        'when a stamp or the clock goes back or a gap exceeds `max_gap`: drop all tracks, or keep '
        'and continue them',
        choices=('reset', 'continue'),
    )
    max_gap: float = setting(
        5.0,
        'time between two frames above which it counts as a jump',
        unit='seconds',
        low=0.0,
        high=3600.0,
    )


class StampPolicy:
    """Judges the stamps of one camera and gives the tracker a time that always increases.

    Bags loop, cameras restart and clocks are set: a stamp that goes back, or a gap larger than
    `max_gap`, is a jump. With `on_time_jump` 'reset' the tracks are dropped and time starts anew;
    with 'continue' they are kept: a gap is an ordinary one, and where the stamp went back,
    `NOMINAL_STEP` passes for the tracks. A repeated stamp means a repeated image, which is
    skipped. A single frame that is up to `REORDERED` late was overtaken on its way and is skipped;
    a second one in a row shows that time went back.

    Attributes:
        settings: may be replaced at any time.
        jumps: number of jumps in time.
        skipped: number of frames skipped.
    """

    def __init__(self, settings: StampSettings | None = None) -> None:
        """Start before the first frame."""
        self.settings = settings or StampSettings()
        self.jumps = 0
        self.skipped = 0
        self._last: float | None = None
        self._late: float | None = None
        self._offset = 0.0

    def judge(self, stamp: float) -> StampDecision:
        """Record a stamp in seconds and decide."""
        last, late, self._late = self._last, self._late, None
        if last is None:
            self._last = stamp
            return StampDecision.TRACK
        step = stamp - last
        if step == 0 or stamp == late:
            self._late = late
            self.skipped += 1
            return StampDecision.SKIP
        if -REORDERED <= step < 0 and late is None:
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
        """Return the time of the tracker, in seconds, for a stamp judged last."""
        return stamp + self._offset

    def forget(self) -> None:
        """Accept any stamp next."""
        self._last = self._late = None
        self._offset = 0.0
