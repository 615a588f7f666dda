"""The main table for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from fairmot_ros.evaluation.report.summary import Group

RATIOS = ('HOTA', 'DetA', 'AssA', 'MOTA', 'IDF1')
COUNTS = ('IDSW', 'FP', 'FN')
NOTHING = '-'


def format_groups(groups: Sequence[Group]) -> str:
    """Return accuracy beside latency, one line for each configuration and mode."""
    header = ['configuration', 'mode', *RATIOS, *COUNTS, 'images', 'dropped', 'HOTA seen',
              'p50 ms', 'p95 ms', 'p99 ms']
    lines = [header, *map(_cells, groups)]
    widths = [max(map(len, column)) for column in zip(*lines)]
    return '\n'.join(
        '  '.join(
            cell.ljust(width) if i < 2 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(line, widths))
        ).rstrip()
        for line in lines
    )


def _cells(group: Group) -> list[str]:
    figures = group.figures()
    seen = group.seen
    cells = [group.configuration, group.mode.name]
    cells += [_percent(figures.get(name)) for name in RATIOS]
    cells += [NOTHING if name not in figures else str(figures[name]) for name in COUNTS]
    cells += [str(group.images), str(group.dropped)]
    cells.append(_percent(None if seen is None or group.live is None else seen.summary()['HOTA']))
    latencies = group.live.percentiles() if group.live else {}
    for name in ('p50', 'p95', 'p99'):
        value = latencies.get(name)
        cells.append(NOTHING if value is None else f'{value:.0f}')
    return cells


def _percent(value: float | None) -> str:
    return NOTHING if value is None else f'{100 * value:.1f}'
