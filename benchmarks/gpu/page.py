# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The results as a page in Markdown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.gpu.report import Report

Row = dict[str, Any]

TITLES = {
    'scaling': 'Scaling: device against OpenCV',
    'parity': 'Parity: largest differences from torch on the CPU in fp32',
    'speed': 'Speed: from images to tracks, medians of calls that took turns',
    'kernels': 'Slowest kernels: large batch, torch graphs fp16',
    'node': 'Node end to end, ms',
    'compiled': 'Speed: compiled by torch',
    'tensorrt': 'Speed: compiled by TensorRT',
}


def write_page(report: Report, path: Path) -> None:
    """Write a page with a table for every part."""
    lines = ['# Detector on a GPU', '']
    lines += [f'* {name}: {value}' for name, value in report.machine().items()]
    lines += [f'* the run took {report.seconds():.0f} s', '']
    if report.failures:
        lines += ['## Failures', '', *(f'* {text}' for text in report.failures), '']
    if report.bars:
        lines += ['## Expected figures', '', *table(report.bars), '']
    for name, rows in report.parts.items():
        lines += [f'## {TITLES[name]}', '', *table(rows), '']
    path.write_text('\n'.join(lines))


def table(rows: list[Row]) -> list[str]:
    """Return rows as a table with a column for every key."""
    columns = list(dict.fromkeys(key for row in rows for key in row))
    head = ['| ' + ' | '.join(columns) + ' |', '|' + ' --- |' * len(columns)]
    return head + [
        '| ' + ' | '.join(_shown(row.get(column, '')) for column in columns) + ' |' for row in rows
    ]


def _shown(value: Any) -> str:
    if value is None:
        return 'not available here'
    if isinstance(value, bool):
        return 'yes' if value else 'no'
    if isinstance(value, float):
        return f'{value:.1e}' if 0 < abs(value) < 0.01 else f'{value:.2f}'
    return str(value).replace('|', '/')
