# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Main table of an evaluation as text."""

from __future__ import annotations

from collections.abc import Sequence

from fairmot_ros.evaluation.runs.results import Group

RATIOS = ('HOTA', 'DetA', 'AssA', 'MOTA', 'IDF1')
COUNTS = ('IDSW', 'FP', 'FN')
LATENCIES = ('p50', 'p95', 'p99')
NOTHING = '-'


def format_groups(groups: Sequence[Group]) -> str:
    """Return a table of accuracy and latency with one line per configuration and mode."""
    known = any(group.metrics for group in groups)
    live = any(group.live for group in groups)
    header = ['configuration', 'mode', *((*RATIOS, *COUNTS) if known else ('tracks',)), 'images']
    if live:
        header += ['dropped', *(['HOTA processed'] if known else [])]
        header += [f'{name} ms' for name in LATENCIES]
    lines = [header, *(_cells(group, known, live) for group in groups)]
    widths = [max(map(len, column)) for column in zip(*lines)]
    return '\n'.join(
        '  '.join(
            cell.ljust(width) if i < 2 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(line, widths))
        )
        for line in lines
    )


def _cells(group: Group, known: bool, live: bool) -> list[str]:
    cells = [group.configuration, group.mode.name]
    if known:
        figures = group.metric_values()
        cells += [_percent(figures.get(name)) for name in RATIOS]
        cells += [str(figures.get(name, NOTHING)) for name in COUNTS]
    else:
        cells.append(str(group.tracks))
    cells.append(str(group.images))
    if live:
        cells.append(str(group.dropped) if group.live else NOTHING)
        if known:
            cells.append(
                _percent(
                    group.processed_metrics.summary()['HOTA']
                    if group.processed_metrics and group.live
                    else None
                )
            )
        latencies = group.live.percentiles() if group.live else dict.fromkeys(LATENCIES)
        cells += [
            NOTHING if (value := latencies[name]) is None else f'{value:.0f}' for name in LATENCIES
        ]
    return cells


def _percent(value: float | None) -> str:
    return NOTHING if value is None else f'{100 * value:.1f}'
