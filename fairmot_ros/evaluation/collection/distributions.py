"""Charts of how a metric is distributed over bags."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from fairmot_ros.evaluation.report.charts import Axis, Series, line_chart

BINS = 20
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
    steps = {title: _steps(found, low, step) for title, found in scaled.items()}
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

    Ratios have bins of 5 percent in 0..100, and below 0 if there are such values.
    """
    if is_ratio:
        low = min(0.0, 5.0 * math.floor(min(values) / 5))
        step = 5.0 * max(1, math.ceil((100 - low) / 5 / (2 * BINS)))
        return low, 100.0, step
    largest = max(values)
    step = float(max(1, math.ceil((largest + 1) / BINS)))
    return 0.0, step * math.ceil((largest + 1) / step), step


def _steps(values: Sequence[float], low: float, step: float) -> tuple[list[float], list[float]]:
    """Return the corners of a step line over the bins."""
    numbers = [math.floor((value - low) / step + 1e-9) for value in values]
    x, y = [], []
    for number in range(max(numbers) + 2):
        count = float(numbers.count(number))
        x += [low + number * step, low + (number + 1) * step]
        y += [count, count]
    return [x[0], *x], [0.0, *y]
