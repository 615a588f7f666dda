# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Follow tracks through zones and across lines, and count them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from fairmot_ros.zones.shapes import Line, Point, Zone, check_names


class EventKind(Enum):
    """What a track did."""

    ENTERED = 0
    LEFT = 1
    CROSSED_FORWARD = 2
    CROSSED_BACKWARD = 3


@dataclass(frozen=True)
class ZoneEvent:
    """One event.

    Attributes:
        kind: what happened.
        shape: name of the zone or line.
        track_id: of the track.
        dwell: seconds spent in the zone, from entering until last observed inside; 0 for others.
    """

    kind: EventKind
    shape: str
    track_id: int
    dwell: float = 0.0


@dataclass(frozen=True)
class ZoneCounts:
    """Counts of a zone since the start.

    Attributes:
        name: of the zone.
        inside: ids of the tracks inside now, in the order of entering.
        entered: tracks that entered.
        left: tracks that left.
        mean_dwell: mean dwell time of the tracks that left, in seconds; 0 without any.
        longest_dwell: longest dwell time of the tracks inside, in seconds; 0 without any.
    """

    name: str
    inside: tuple[int, ...]
    entered: int
    left: int
    mean_dwell: float
    longest_dwell: float


@dataclass(frozen=True)
class LineCounts:
    """Counts of a line since the start: crossings in each direction, see `Line`."""

    name: str
    forward: int
    backward: int


@dataclass(frozen=True)
class Position:
    """Where a track is observed.

    Attributes:
        point: of its feet, in the unit of the zones.
        margin: distance by which it must be beyond a border to count as beyond.
    """

    point: Point
    margin: float = 0.0


class ZoneMonitor:
    """Follows the tracks of one camera.

    A track enters a zone when its point is inside by the margin, and leaves when it is outside by
    the margin, so that a box that trembles on a border counts once. A lost track stays where it
    was last observed; it leaves when it is removed.
    """

    def __init__(self, zones: Sequence[Zone] = (), lines: Sequence[Line] = ()) -> None:
        """Start with empty zones.

        Raises:
            ValueError: if two zones or lines have one name.
        """
        check_names([*zones, *lines])
        self.zones = tuple(zones)
        self.lines = tuple(lines)
        self._visits = [_Visits() for _ in zones]
        self._crossings = [_Crossings() for _ in lines]

    def update(
        self, observed: Mapping[int, Position], stamp: float, lost: Iterable[int] = ()
    ) -> list[ZoneEvent]:
        """Return the events of one frame.

        Args:
            observed: position of each track observed in the frame, by id.
            stamp: of the frame, in seconds; never falls.
            lost: ids of tracks that are not observed but may be again. All others have ended.
        """
        kept = {*observed, *lost}
        events = []
        for zone, visits in zip(self.zones, self._visits, strict=True):
            events += visits.update(zone, observed, stamp, kept)
        for line, crossings in zip(self.lines, self._crossings, strict=True):
            events += crossings.update(line, observed, kept)
        return events

    def zone_counts(self) -> list[ZoneCounts]:
        """Return the counts of each zone."""
        return [v.counts(z) for z, v in zip(self.zones, self._visits, strict=True)]

    def line_counts(self) -> list[LineCounts]:
        """Return the counts of each line."""
        return [
            LineCounts(line.name, c.forward, c.backward)
            for line, c in zip(self.lines, self._crossings, strict=True)
        ]


@dataclass
class _Visit:
    since: float
    until: float  # last observed inside


@dataclass
class _Visits:
    """The tracks in one zone."""

    inside: dict[int, _Visit] = field(default_factory=dict)
    entered: int = 0
    left: int = 0
    total_dwell: float = 0.0

    def update(
        self, zone: Zone, observed: Mapping[int, Position], stamp: float, kept: set[int]
    ) -> list[ZoneEvent]:
        events = []
        for track_id in [i for i in self.inside if i not in kept]:
            events.append(self._leave(zone, track_id))
        for track_id, position in observed.items():
            depth = zone.depth(position.point)
            visit = self.inside.get(track_id)
            if visit is not None and depth < -position.margin:
                events.append(self._leave(zone, track_id))
            elif visit is not None:
                visit.until = stamp
            elif depth >= position.margin:
                self.inside[track_id] = _Visit(stamp, stamp)
                self.entered += 1
                events.append(ZoneEvent(EventKind.ENTERED, zone.name, track_id))
        return events

    def counts(self, zone: Zone) -> ZoneCounts:
        return ZoneCounts(
            zone.name,
            tuple(self.inside),
            self.entered,
            self.left,
            self.total_dwell / self.left if self.left else 0.0,
            max((visit.until - visit.since for visit in self.inside.values()), default=0.0),
        )

    def _leave(self, zone: Zone, track_id: int) -> ZoneEvent:
        visit = self.inside.pop(track_id)
        self.left += 1
        dwell = visit.until - visit.since
        self.total_dwell += dwell
        return ZoneEvent(EventKind.LEFT, zone.name, track_id, dwell)


@dataclass
class _Crossings:
    """The sides of one line on which tracks are: their last points beyond the margin."""

    sides: dict[int, Point] = field(default_factory=dict)
    forward: int = 0
    backward: int = 0

    def update(
        self, line: Line, observed: Mapping[int, Position], kept: set[int]
    ) -> list[ZoneEvent]:
        events = []
        self.sides = {i: point for i, point in self.sides.items() if i in kept}
        for track_id, position in observed.items():
            offset = line.offset(position.point)
            if abs(offset) <= position.margin:
                continue
            before = self.sides.get(track_id)
            self.sides[track_id] = position.point
            if before is None or line.offset(before) * offset > 0:
                continue
            if not line.meets(before, position.point):
                continue  # past one of its ends
            if offset > 0:
                self.forward += 1
                events.append(ZoneEvent(EventKind.CROSSED_FORWARD, line.name, track_id))
            else:
                self.backward += 1
                events.append(ZoneEvent(EventKind.CROSSED_BACKWARD, line.name, track_id))
        return events
