# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Rows and bars of the timeline: one row per identity, one bar per track."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fairmot_ros.identities.decisions import IdentityEvent
from fairmot_ros.identities.store import IdentityRecord, Presence

#: Distances of the ticks of the time axis, in seconds; the first that gives few ticks is used.
STEPS = (1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21600, 43200, 86400)
MAX_TICKS = 12
SECONDS_PER_DAY = 86400.0
#: Smallest width of a bar, in percent of the timeline, so that it can be seen.
MIN_WIDTH = 0.15


@dataclass(frozen=True)
class Bar:
    """One track.

    Attributes:
        source: index of the camera.
        left, width: place on the timeline, in percent.
        text: what to show when the mouse is over it.
    """

    source: int
    left: float
    width: float
    text: str


@dataclass(frozen=True)
class Row:
    """One identity.

    Attributes:
        global_id: its id.
        name: its name, '' without one.
        first, last: times of the first and last observation in the period.
        sources: names of the cameras that saw it.
        bars: its tracks.
    """

    global_id: int
    name: str
    first: str
    last: str
    sources: tuple[str, ...]
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Timeline:
    """All identities of a period.

    Attributes:
        sources: names of the cameras, in the order of their colours.
        rows: identities, the first seen first.
        ticks: place in percent and text of the times on the axis.
        start, end: the period.
        events: time and text of the changes of identities.
    """

    sources: tuple[str, ...]
    rows: tuple[Row, ...]
    ticks: tuple[tuple[float, str], ...]
    start: str
    end: str
    events: tuple[tuple[str, str], ...]


def make_timeline(
    presences: Sequence[Presence],
    identities: Sequence[IdentityRecord],
    events: Sequence[IdentityEvent] = (),
) -> Timeline:
    """Arrange tracks by identity.

    Args:
        presences: tracks with their identities; at least one.
        identities: that are known, for their names.
        events: changes of identities, oldest first.

    Raises:
        ValueError: if there are no tracks.
    """
    if not presences:
        raise ValueError('no identity was seen in this period')
    start = min(p.first for p in presences)
    end = max(max(p.last for p in presences), start + 1.0)
    sources = tuple(sorted({p.source for p in presences}))
    names = {identity.global_id: identity.name for identity in identities}
    tracks = defaultdict(list)
    for presence in presences:
        tracks[presence.global_id].append(presence)
    rows = [
        Row(
            number,
            names.get(number, ''),
            _clock(min(p.first for p in own)),
            _clock(max(p.last for p in own)),
            tuple(sorted({p.source for p in own})),
            tuple(_bar(p, sources, start, end) for p in own),
        )
        for number, own in sorted(tracks.items(), key=lambda item: item[1][0].first)
    ]
    return Timeline(
        sources,
        tuple(rows),
        tuple(_ticks(start, end)),
        _date(start),
        _date(end),
        tuple((_date(event.stamp), _sentence(event)) for event in events),
    )


def _bar(presence: Presence, sources: Sequence[str], start: float, end: float) -> Bar:
    scale = 100 / (end - start)
    width = max((presence.last - presence.first) * scale, MIN_WIDTH)
    left = min((presence.first - start) * scale, 100 - width)
    where = '' if presence.position is None else ' at {:.1f}, {:.1f} m'.format(*presence.position)
    text = (
        f'{presence.source}, track {presence.track_id}: {_clock(presence.first)} to '
        f'{_clock(presence.last)}, {presence.last - presence.first:.0f} s{where}'
    )
    return Bar(sources.index(presence.source), round(left, 3), round(width, 3), text)


def _ticks(start: float, end: float) -> list[tuple[float, str]]:
    """Return places and times at whole steps of local time."""
    length = end - start
    step = next((s for s in STEPS if length / s <= MAX_TICKS), STEPS[-1])
    offset = datetime.fromtimestamp(start).astimezone().utcoffset()
    shift = offset.total_seconds() if offset else 0.0
    first = -(-(start + shift) // step) * step - shift
    count = int((end - first) // step) + 1 if first <= end else 0
    shown = _date if length > SECONDS_PER_DAY else _clock
    return [
        (round(100 * (first + i * step - start) / length, 3), shown(first + i * step))
        for i in range(count)
    ]


def _sentence(event: IdentityEvent) -> str:
    who = f'{event.global_id}' + (f' ({event.name})' if event.name else '')
    seen = f' by track {event.track_id} of {event.source}' if event.source else ''
    text = {
        'CREATED': f'{who} is new{seen}',
        'MATCHED': f'{who} was matched{seen}, similarity {event.similarity:.2f}',
        'MERGED': f'{event.other} is {who}',
        'SPLIT': f'{who} was split from {event.other}{seen}',
        'NAMED': f'{who} has a name',
        'FORGOTTEN': f'{event.global_id} was forgotten',
        'EXPIRED': f'{event.global_id} was removed after the retention time',
    }[event.kind.name]
    return f'{text}: {event.reason}' if event.reason else text


def _clock(stamp: float) -> str:
    return datetime.fromtimestamp(stamp).strftime('%H:%M:%S')


def _date(stamp: float) -> str:
    return datetime.fromtimestamp(stamp).strftime('%Y-%m-%d %H:%M:%S')
