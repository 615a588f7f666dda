# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Zones (polygons) and lines, and their form as text: ``NAME: x,y x,y ...``."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

Point = tuple[float, float]
#: Limit of coordinates; those of maps in UTM are below 1e7.
MAX_COORDINATE = 1e8


@dataclass(frozen=True)
class Zone:
    """A polygon.

    Attributes:
        name: unique among zones and lines.
        corners: three or more, in order; the last is connected with the first.
    """

    name: str
    corners: tuple[Point, ...]

    def __post_init__(self) -> None:
        if len(self.corners) < 3:
            raise ValueError(f'zone {self.name} needs three corners or more: NAME: x,y x,y x,y')
        if cv2.contourArea(self._contour) == 0:
            raise ValueError(
                f'zone {self.name} has no area: its corners are on one line '
                'or its border crosses itself'
            )

    def depth(self, point: Point) -> float:
        """Return the distance of a point from the border, negative outside."""
        x, y = point[0] - self.corners[0][0], point[1] - self.corners[0][1]
        return float(cv2.pointPolygonTest(self._contour, (x, y), measureDist=True))

    @cached_property
    def _contour(self) -> NDArray[np.float32]:
        # From the first corner, as coordinates in a map may be too large for 32 bits.
        return np.subtract(self.corners, self.corners[0]).astype(np.float32)


@dataclass(frozen=True)
class Line:
    """A line segment to be crossed.

    Attributes:
        name: unique among zones and lines.
        start: one end.
        end: the other end. Seen from `start` towards `end`, the forward direction is from left to
            right.
        y_down: whether the y axis points to the right of the x axis, as in images; otherwise to
            the left, as on a floor seen from above (REP 103).
    """

    name: str
    start: Point
    end: Point
    y_down: bool = True

    def __post_init__(self) -> None:
        if self.start == self.end:
            raise ValueError(f'line {self.name} needs two different ends: NAME: x,y x,y')

    def offset(self, point: Point) -> float:
        """Return the distance from the infinite line: positive on the right, negative left."""
        along_x, along_y = self.end[0] - self.start[0], self.end[1] - self.start[1]
        x, y = point[0] - self.start[0], point[1] - self.start[1]
        side = 1 if self.y_down else -1
        return side * (along_x * y - along_y * x) / math.hypot(along_x, along_y)

    def arrow(self, length: float) -> tuple[Point, Point]:
        """Return the ends of an arrow from the middle of the segment in forward direction."""
        along_x, along_y = self.end[0] - self.start[0], self.end[1] - self.start[1]
        share = (length if self.y_down else -length) / math.hypot(along_x, along_y)
        x, y = (self.start[0] + self.end[0]) / 2, (self.start[1] + self.end[1]) / 2
        return (x, y), (x - share * along_y, y + share * along_x)

    def meets(self, before: Point, now: Point) -> bool:
        """Return whether the way between two points on different sides crosses the segment."""
        way = Line(self.name, before, now)
        return way.offset(self.start) * way.offset(self.end) <= 0


def parse_zones(texts: Iterable[str]) -> tuple[Zone, ...]:
    """Return the zones of texts like ``door: 10,20 200,20 200,90``; empty texts are skipped.

    Raises:
        ValueError: if a text has another form, or two have one name.
    """
    return tuple(Zone(name, points) for name, points in _parse(texts, 'zone'))


def parse_lines(texts: Iterable[str], *, y_down: bool = True) -> tuple[Line, ...]:
    """Return the lines of texts like ``gate: 10,20 200,20``; empty texts are skipped.

    Args:
        texts: one per line.
        y_down: see `Line`.

    Raises:
        ValueError: if a text has another form, or two have one name.
    """
    lines = []
    for name, points in _parse(texts, 'line'):
        if len(points) != 2:
            raise ValueError(f'line {name} must have two ends, got {len(points)}: NAME: x,y x,y')
        lines.append(Line(name, points[0], points[1], y_down))
    return tuple(lines)


def check_names(shapes: Sequence[Zone | Line]) -> None:
    """Raise ValueError if two zones or lines have one name."""
    names = [shape.name for shape in shapes]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f'zones and lines must have different names, got {twice[0]!r} twice')


def _parse(texts: Iterable[str], kind: str) -> list[tuple[str, tuple[Point, ...]]]:
    parsed = []
    for text in filter(str.strip, texts):
        name, colon, rest = text.partition(':')
        try:
            points = tuple(_point(pair) for pair in rest.split())
        except ValueError:
            points = ()
        if not (colon and name.strip() and points):
            raise ValueError(f'{kind} must be given as NAME: x,y x,y ..., got {text!r}')
        parsed.append((name.strip(), points))
    return parsed


def _point(pair: str) -> Point:
    x, y = map(float, pair.split(','))
    if not (abs(x) <= MAX_COORDINATE and abs(y) <= MAX_COORDINATE):  # false for NaN
        raise ValueError(pair)
    return x, y
