# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""A table and a picture of several long runs, from the files that `soak` wrote."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.soak.minutes import Minute, latency_ratio, load, memory_slope
from benchmarks.soak.minutes_plot import plot

HEADER = (
    '| run | minutes | results / images | memory, MB | slope, MB per hour | descriptors | threads '
    '| median age, ms | last / first minute, each by its calibration | track ids |\n'
    '|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|'
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this part."""
    parser.add_argument('files', nargs='+', type=Path, help='soak.csv of each run')
    parser.add_argument('--plot', type=Path, help='picture to write, as PNG')


def run(options: argparse.Namespace) -> None:
    """Print the table, and draw the picture."""
    runs = {path.stem: load(path) for path in options.files}
    print(HEADER)
    for name, minutes in runs.items():
        print(row(name, minutes))
    if options.plot is not None:
        plot(runs, options.plot)


def row(name: str, minutes: Sequence[Minute]) -> str:
    """Return the line of the table for a run."""
    first, last = minutes[0], minutes[-1]
    results, sent = (sum(getattr(m, field) for m in minutes) for field in ('results', 'sent'))
    cells = (
        name,
        f'{len(minutes)}',
        f'{results:,} / {sent:,}',
        f'{first.memory:.0f} to {last.memory:.0f}',
        f'{memory_slope(minutes):+.2f}',
        span([m.descriptors for m in minutes]),
        span([m.threads for m in minutes]),
        f'{np.median([m.p50 for m in minutes]):.1f}',
        f'{latency_ratio(minutes):.2f}',
        f'{last.last_id:,}',
    )
    return f'| {" | ".join(cells)} |'


def span(values: Sequence[int]) -> str:
    """Return the smallest and the largest value, or the only one."""
    low, high = min(values), max(values)
    return f'{low}' if low == high else f'{low} to {high}'
