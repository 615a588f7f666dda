# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Charts of how a metric is distributed over bags."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

from fairmot_ros.evaluation.report.charts import Axis, Series, line_chart

BINS = 20
#: Widths of the bins of a ratio, in percent, which divide 100.
RATIO_STEPS = (5.0, 10.0, 20.0, 50.0, 100.0)
#: Metrics with a chart; ratios are shown in percent.
RATIOS = ('HOTA', 'MOTA', 'IDF1')
COUNTS = ('IDSW',)


def distribution_charts(
    values: Mapping[str, Mapping[str, Sequence[float]]],
) -> list[tuple[str, str]]:
    """Return title and chart of each metric.

    Args:
        values: by metric, then by the name of a line, the value of each bag.
    """
    charts = []
    for name in (*RATIOS, *COUNTS):
        lines = {title: list(found) for title, found in values.get(name, {}).items() if found}
        if lines:
            charts.append((f'{name} by bag', _chart(name, lines)))
    return charts


def _chart(name: str, lines: Mapping[str, Sequence[float]]) -> str:
    """Return the number of bags by bins of a metric, as a step line for each entry."""
    scale = 100.0 if name in RATIOS else 1.0
    scaled = {title: [scale * value for value in found] for title, found in lines.items()}
    low, high, step = bins([value for found in scaled.values() for value in found], name in RATIOS)
    steps = {title: _steps(found, low, high, step) for title, found in scaled.items()}
    top = max(max(y) for _, y in steps.values())
    unit = ' in percent' if name in RATIOS else ''
    return line_chart(
        f'Number of bags by {name}',
        [Series(t, x, y, i, i) for i, (t, (x, y)) in enumerate(steps.items())],
        Axis(f'{name} of a bag{unit}, bins of {step:g}', low, high),
        Axis('bags', 0.0, 1.1 * top),
    )


def bins(values: Sequence[float], is_ratio: bool) -> tuple[float, float, float]:
    """Return low end, high end and width of the bins of a chart.

    Ratios have bins of 5 percent in 0..100, and below 0 if there are such values; bins are wider
    if there would be more than 40.
    """
    if is_ratio:
        span = 100 - min(0.0, *values)
        step = next(
            (s for s in RATIO_STEPS if span / s <= 2 * BINS), 100.0 * math.ceil(span / 4e3)
        )
        return min(0.0, step * math.floor(min(values) / step)), 100.0, step
    largest = max(values)
    step = float(max(1, math.ceil((largest + 1) / BINS)))
    return 0.0, step * math.ceil((largest + 1) / step), step


def _steps(
    values: Sequence[float], low: float, high: float, step: float
) -> tuple[list[float], list[float]]:
    """Return the corners of a step line over the bins; the last one includes its upper end."""
    count = round((high - low) / step)
    numbers = Counter(min(math.floor((v - low) / step + 1e-9), count - 1) for v in values)
    x, y = [low], [0.0]
    for number in range(count):
        x += [low + number * step, low + (number + 1) * step]
        y += [float(numbers[number])] * 2
    return [*x, high], [*y, 0.0]
