# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Figures of each minute of a long run, and what they say about growth."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np

from fairmot_ros.files.writing import replacing

RATE = 30.0  # images per second
MINUTE = 60.0  # seconds
#: Minutes at the start that do not count: caches and pools of memory fill.
SETTLING = 10


@dataclass(frozen=True)
class Minute:
    """One minute of a run.

    Attributes:
        minute: number of the minute, from 1.
        memory: resident memory of the node at its end, in MB.
        descriptors: open file descriptors of the node.
        threads: threads of the node.
        sent: images sent.
        results: results received.
        p50, p95: age of the results on arrival, from the stamp of the image, in milliseconds.
        calibration: milliseconds of a fixed workload in the other process, at the same time.
        last_id: largest track id so far.
    """

    minute: int
    memory: float
    descriptors: int
    threads: int
    sent: int
    results: int
    p50: float
    p95: float
    calibration: float
    last_id: int


def memory_slope(minutes: Sequence[Minute], settling: int = SETTLING) -> float:
    """Return the slope of a line through the memory after `settling` minutes, in MB per hour.

    Returns:
        The slope; NaN with fewer than two minutes after `settling`.
    """
    counted = [m for m in minutes if m.minute > settling]
    if len(counted) < 2:
        return float('nan')
    hours = np.array([m.minute for m in counted]) / 60
    return float(np.polyfit(hours, [m.memory for m in counted], 1)[0])


def latency_ratio(minutes: Sequence[Minute]) -> float:
    """Return the median latency of the last minute over that of the first.

    Both are divided by the calibration of their minute, so that a machine that has become slower
    by itself counts as it is.
    """
    first, last = minutes[0], minutes[-1]
    return (last.p50 / last.calibration) / (first.p50 / first.calibration)


def save(minutes: Sequence[Minute], path: Path) -> None:
    """Write the figures as CSV, one line per minute."""
    with replacing(path) as part, part.open('w', newline='') as file:
        writer = csv.DictWriter(file, [f.name for f in fields(Minute)])
        writer.writeheader()
        writer.writerows(asdict(m) for m in minutes)


def load(path: Path) -> list[Minute]:
    """Read the figures that `save` wrote."""
    with path.open(newline='') as file:
        return [
            Minute(
                **{
                    f.name: (int if f.type == 'int' else float)(row[f.name])
                    for f in fields(Minute)
                }
            )
            for row in csv.DictReader(file)
        ]
