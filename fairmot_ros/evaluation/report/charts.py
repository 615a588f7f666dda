# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Line charts and timelines as inline SVG, which scales with the page and needs no library."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

# Distinguishable with red-green colour blindness (Okabe and Ito, 2008).
COLOURS = ('#0072b2', '#d55e00', '#009e73', '#cc79a7', '#b8860b', '#56b4e9', '#444444')
DASHES = ('', '7 4', '2 3', '9 3 2 3', '1 5')

WIDTH, HEIGHT = 560, 320
LEFT, RIGHT, TOP, BOTTOM = 52, 14, 12, 44
ROW, LABEL, TICKS = 20, 84, 26  # timeline: height of rows, width of names, height of the axis
TIMELINE_WIDTH = 1000


@dataclass(frozen=True)
class Series:
    """A line of a chart; `colour` and `dash` are indices into COLOURS and DASHES."""

    name: str
    x: Sequence[float]
    y: Sequence[float]
    colour: int = 0
    dash: int = 0


@dataclass(frozen=True)
class Axis:
    """An axis from `low` to `high`."""

    title: str
    low: float
    high: float

    def ticks(self, most: int = 6) -> list[float]:
        """Return at most about `most` round numbers along the axis."""
        step = 10 ** math.floor(math.log10(max(self.high - self.low, 1e-12) / most))
        for factor in (1, 2, 5, 10):
            if (self.high - self.low) / (step * factor) <= most:
                step *= factor
                break
        first = math.ceil(self.low / step - 1e-9)
        last = math.floor(self.high / step + 1e-9)
        return [i * step for i in range(first, last + 1)]


def line_chart(title: str, series: Sequence[Series], x: Axis, y: Axis) -> str:
    """Return a line chart with a legend; `title` is for screen readers."""

    def x_of(value: float) -> float:
        return LEFT + (value - x.low) / (x.high - x.low) * (WIDTH - LEFT - RIGHT)

    def y_of(value: float) -> float:
        return HEIGHT - BOTTOM - (value - y.low) / (y.high - y.low) * (HEIGHT - TOP - BOTTOM)

    parts = [
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escape(title)}">'
    ]
    for tick in y.ticks():
        parts.append(
            f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y_of(tick):.1f}" '
            f'y2="{y_of(tick):.1f}"/><text class="tick end" x="{LEFT - 7}" '
            f'y="{y_of(tick) + 4:.1f}">{tick:g}</text>'
        )
    for tick in x.ticks():
        parts.append(
            f'<text class="tick middle" x="{x_of(tick):.1f}" '
            f'y="{HEIGHT - BOTTOM + 18}">{tick:g}</text>'
        )
    parts.append(
        f'<line class="axis" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{HEIGHT - BOTTOM}" '
        f'y2="{HEIGHT - BOTTOM}"/>'
    )
    parts.append(
        f'<text class="label middle" x="{(LEFT + WIDTH - RIGHT) / 2:.0f}" '
        f'y="{HEIGHT - 6}">{escape(x.title)}</text>'
    )
    parts.append(
        f'<text class="label middle" transform="translate(13 '
        f'{(TOP + HEIGHT - BOTTOM) / 2:.0f}) rotate(-90)">{escape(y.title)}</text>'
    )
    for line in series:
        points = ' '.join(f'{x_of(a):.1f},{y_of(b):.1f}' for a, b in zip(line.x, line.y))
        parts.append(
            f'<polyline class="line" points="{points}" style="{_stroke(line)}">'
            f'<title>{escape(line.name)}</title></polyline>'
        )
    parts.append('</svg>')
    return f'<figure>{"".join(parts)}{_legend(series)}</figure>'


def _stroke(line: Series) -> str:
    dash = DASHES[line.dash % len(DASHES)]
    return f'stroke:{COLOURS[line.colour % len(COLOURS)]}' + (
        f';stroke-dasharray:{dash}' if dash else ''
    )


def _legend(series: Sequence[Series]) -> str:
    items = ''.join(
        f'<li><svg viewBox="0 0 34 8" aria-hidden="true"><line class="line" x1="0" x2="34" y1="4" '
        f'y2="4" style="{_stroke(line)}"/></svg>{escape(line.name)}</li>'
        for line in series
    )
    return f'<ul class="legend">{items}</ul>'


@dataclass(frozen=True)
class Bar:
    """A period in a row, in seconds; `key` determines the colour."""

    start: float
    end: float
    key: int
    text: str


@dataclass(frozen=True)
class Row:
    """A row of a timeline.

    Attributes:
        name: label of the row.
        start, end: period in which the person is present, in seconds.
        bars: periods in which the person is tracked.
        marks: times of identity switches in seconds, with a text.
    """

    name: str
    start: float
    end: float
    bars: Sequence[Bar]
    marks: Sequence[tuple[float, str]]


def timeline(title: str, rows: Sequence[Row], end: float) -> str:
    """Return a timeline with one row per person, from 0 to `end` seconds."""
    axis = Axis('seconds', 0, max(end, 1e-3))
    height = len(rows) * ROW + TICKS

    def x_of(value: float) -> float:
        return LABEL + value / axis.high * (TIMELINE_WIDTH - LABEL - 10)

    parts = [
        f'<svg class="timeline" viewBox="0 0 {TIMELINE_WIDTH} {height}" role="img" '
        f'aria-label="{escape(title)}">'
    ]
    for tick in axis.ticks(10):
        parts.append(
            f'<line class="grid" x1="{x_of(tick):.1f}" x2="{x_of(tick):.1f}" y1="0" '
            f'y2="{height - TICKS}"/><text class="tick middle" x="{x_of(tick):.1f}" '
            f'y="{height - 8}">{tick:g} s</text>'
        )
    for index, row in enumerate(rows):
        top = index * ROW
        middle = top + ROW / 2
        parts.append(
            f'<text class="tick end" x="{LABEL - 9}" y="{middle + 4:.0f}">'
            f'{escape(row.name)}</text>'
        )
        parts.append(
            f'<line class="present" x1="{x_of(row.start):.1f}" '
            f'x2="{x_of(row.end):.1f}" y1="{middle:.0f}" y2="{middle:.0f}"/>'
        )
        for bar in row.bars:
            width = max(x_of(bar.end) - x_of(bar.start), 1.0)
            parts.append(
                f'<rect x="{x_of(bar.start):.1f}" y="{top + 4}" width="{width:.1f}" '
                f'height="{ROW - 8}" rx="2" style="fill:{colour_of(bar.key)}">'
                f'<title>{escape(bar.text)}</title></rect>'
            )
        for at, text in row.marks:
            half = ROW // 2 - 1
            parts.append(
                f'<path class="switch" d="M{x_of(at):.1f} {top + 1}l4.5 {half}l-4.5 {half}'
                f'l-4.5 -{half}z"><title>{escape(text)}</title></path>'
            )
    parts.append('</svg>')
    return f'<div class="wide">{"".join(parts)}</div>'


def colour_of(key: int) -> str:
    """Return a colour for an id; consecutive ids have very different colours."""
    hue = key * 137.508 % 360
    return f'hsl({hue:.0f} 58% {58 - 12 * (key % 3)}%)'
