# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Figures of a long run: growth, and files that can be read again."""

from __future__ import annotations

import math
import os
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from benchmarks.soak.minutes import MINUTE, RATE, Minute, latency_ratio, load, memory_slope, save
from benchmarks.soak.minutes_plot import plot
from benchmarks.soak.process_usage import usage_of
from benchmarks.soak.report import row
from benchmarks.soak.visitors import PAUSE, visits


def minutes(count: int, slope: float = 0.0) -> list[Minute]:
    """Return a run whose memory grows by `slope` MB per hour once it has settled."""
    return [
        Minute(n, 500 - 100 / n**3 + slope * n / 60, 40, 20, 1800, 1790, 24.0, 30.0, 5.0, n)
        for n in range(1, count + 1)
    ]


@pytest.mark.parametrize('slope', [0.0, 3.0])
def test_slope_is_in_megabytes_per_hour_without_the_first_minutes(slope: float) -> None:
    assert memory_slope(minutes(120, slope)) == pytest.approx(slope, abs=0.05)


def test_slope_of_a_short_run_is_not_a_number() -> None:
    assert math.isnan(memory_slope(minutes(11)))


def test_slower_machine_does_not_count_as_growth() -> None:
    slow = Minute(2, 500, 40, 20, 1800, 1790, 48.0, 60.0, 10.0, 2)
    assert latency_ratio([*minutes(1), slow]) == pytest.approx(1.0)


def test_figures_survive_the_file_and_are_drawn(tmp_path: Path) -> None:
    save(minutes(12), tmp_path / 'soak.csv')
    assert load(tmp_path / 'soak.csv') == minutes(12)
    pytest.importorskip('matplotlib', reason='needs matplotlib')
    plot({'a': minutes(12), 'b': minutes(3)}, tmp_path / 'soak.png')
    assert (tmp_path / 'soak.png').read_bytes().startswith(b'\x89PNG')


def test_row_of_the_table() -> None:
    cells = row('one', minutes(120, 3.0)).split(' | ')
    assert cells[:3] == ['| one', '120', '214,800 / 216,000']
    assert cells[3] == '400 to 506'
    assert float(cells[4]) == pytest.approx(3.0, abs=0.05)
    assert cells[5:] == ['40', '20', '24.0', '1.00', '120 |']


def test_usage_of_this_process() -> None:
    before = usage_of(os.getpid())
    with open(os.devnull):
        usage = usage_of(os.getpid())
    assert usage.descriptors == before.descriptors + 1
    assert usage.threads >= 1
    assert 10 < usage.memory < 1e5


def test_images_have_one_size_and_every_minute_shows_the_same() -> None:
    minute = int(MINUTE * RATE)
    images = visits()
    first = list(islice(images, minute))
    assert len({image.shape for image in first}) == 1
    assert sum(image.max() == image.min() for image in first) >= 8 * PAUSE
    assert all(np.array_equal(a, b) for a, b in zip(first[: minute // 2], images))
    assert np.array_equal(first[0], first[minute // 2])
