"""Notices that a camera's images come and none of them is tracked, and says why."""

from __future__ import annotations

from fairmot_ros.ros.health.statistics import Counters

IN_A_ROW = 3  # images left out since the last tracked one: fewer is chance


class ProgressWatch:
    """Looks at the counters now and then; failures are reported elsewhere."""

    def __init__(self) -> None:
        """Start before the first frame."""
        self._before = Counters()

    def warning(self, counters: Counters) -> str:
        """Return why no frame was tracked since the last call, '' if one was or none was due."""
        before = self._before
        stale = counters.stale - before.stale
        skipped = counters.skipped - before.skipped
        if counters.processed > before.processed:
            self._before = counters
        elif max(stale, skipped) >= IN_A_ROW:
            if stale >= skipped:
                return (
                    f'the last {stale} messages were all older than max_input_age: raise it, or '
                    'set the clock of the camera; bags need use_sim_time and --clock'
                )
            return (
                f'the last {skipped} messages were left out for their stamps, which stand still '
                "or go to and fro: set each image's stamp to the time of its exposure"
            )
        return ''
