# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Timeline chart of a run, with one row for each ground-truth track."""

from __future__ import annotations

from collections.abc import Sequence

from fairmot_ros.evaluation.metrics.timeline import Person
from fairmot_ros.evaluation.report.charts import Bar, Row, timeline
from fairmot_ros.evaluation.runs.run_scores import RunScores

#: Largest number of rows.
MAX_PEOPLE = 60


def track_timeline_chart(title: str, scored: RunScores) -> str:
    """Return the chart; if there are too many people, of those with the most switches."""
    assert scored.timeline is not None
    frames = scored.run.recording.frames
    seconds = ((frames.stamps - frames.stamps.min()) * 1e-9).tolist()
    step = 1 / frames.rate if frames.rate else 1.0
    people = scored.timeline.people
    if len(people) > MAX_PEOPLE:
        # Ties are resolved by id, so that different runs show the same people if possible.
        chosen = sorted(people, key=lambda p: (-len(p.switches), p.name))[:MAX_PEOPLE]
        people = [person for person in people if person in chosen]
    return timeline(title, [_row(p, seconds, step) for p in people], max(seconds) + step)


def _row(person: Person, seconds: Sequence[float], step: float) -> Row:
    bars = [
        Bar(
            seconds[s.first - 1],
            seconds[s.last - 1] + step,
            s.track,
            f'track {s.track}: {seconds[s.first - 1]:.1f} to {seconds[s.last - 1]:.1f} s, '
            f'frames {s.first} to {s.last}',
        )
        for s in person.spans
    ]
    marks = [(seconds[f - 1], f'identity switch in frame {f}') for f in person.switches]
    return Row(
        f'person {person.name}',
        seconds[person.first - 1],
        seconds[person.last - 1] + step,
        bars,
        marks,
    )
