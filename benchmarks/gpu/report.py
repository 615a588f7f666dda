# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""What a run measured, and whether the expected figures were reached."""

from __future__ import annotations

import json
import platform
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch

from fairmot_ros.detector.engines.devices import choose_device

Row = dict[str, Any]

#: (name, network, images, column, limit); times are at most, other figures at least the limit.
BARS = (
    ('dla_34, one image of the host to tracks, ms', 'dla_34', 1, 'ms', 4.0),
    ('dla_34, 8 images at once, images per second', 'dla_34', 8, 'images per second', 800.0),
    ('dla_34, 8 images at once, times the yardstick', 'dla_34', 8, 'times the yardstick', 6.0),
)


@dataclass
class Report:
    """Results of the parts.

    Attributes:
        device: that was measured.
        minutes: after which no part starts.
        parts: rows by the name of the part.
        failures: sentences on what failed.
        bars: expected figures, see `bars`.
    """

    device: str
    minutes: float
    parts: dict[str, list[Row]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    bars: list[Row] = field(default_factory=list)
    _started: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        choose_device(self.device)  # raises ValueError at once

    def seconds(self) -> float:
        """Return the time since the start."""
        return time.monotonic() - self._started

    def add(self, name: str, work: Callable[[], list[Row]]) -> None:
        """Run a part, unless there is no time left; a failure does not end the others."""
        if self.seconds() > 60 * self.minutes:
            self.failures.append(f'{name}: left out after {self.minutes:g} minutes')
            return
        before = self.seconds()
        try:
            self.parts[name] = work()
        except Exception as error:
            self.failures.append(f'{name}: {type(error).__name__}: {error}')
            print(f'gpu: {self.failures[-1]}', flush=True)
            return
        self.failures += [
            f'{name}: {row} differs too much'
            for row in self.parts[name]
            if row.get('kept') is False
        ]
        print(f'gpu: {name} took {self.seconds() - before:.0f} s', flush=True)

    def machine(self) -> dict[str, str]:
        """Return what the figures depend on."""
        device = choose_device(self.device)
        on_gpu = device.type == 'cuda'
        known = {
            'device': torch.cuda.get_device_name(device)
            if on_gpu
            else f'{platform.machine()} CPU',
            'CUDA': str(torch.version.cuda),
            'cuDNN': str(torch.backends.cudnn.version()) if on_gpu else 'None',
            'threads': str(torch.get_num_threads()),
        }
        for package in ('torch', 'triton', 'onnxruntime', 'tensorrt'):
            found = find_spec(package) is not None
            known[package] = import_module(package).__version__ if found else 'not installed'
        return known

    def write(self, path: Path) -> None:
        """Write everything as JSON."""
        content = {
            'machine': self.machine(),
            'seconds': self.seconds(),
            'parts': self.parts,
            'bars': self.bars,
            'failures': self.failures,
        }
        path.write_text(json.dumps(content, indent=1) + '\n')


def bars(parts: dict[str, list[Row]], *, on_gpu: bool) -> list[Row]:
    """Return the best figure for each of BARS and whether it is reached; None without a GPU."""
    rows = [row for name in ('speed', 'compiled') for row in parts.get(name, []) if 'ms' in row]
    result = []
    for name, network, images, column, limit in BARS:
        found = [
            row
            for row in rows
            if (row['network'], row['images']) == (network, images)
            and (row['images on'] == 'host' or column == 'images per second')
            and row['variant'].startswith('torch')
        ]
        best = (min if column == 'ms' else max)(found, key=lambda row: row[column], default=None)
        reached = None
        if best is not None and on_gpu:
            reached = best[column] <= limit if column == 'ms' else best[column] >= limit
        result.append(
            {
                'figure': name,
                'limit': limit,
                'measured': best and best[column],
                'variant': best and best['variant'],
                'reached': reached,
            }
        )
    return result
