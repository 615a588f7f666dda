# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Counts of operations, floors and errors of the performance page, on small inputs."""

from __future__ import annotations

import pytest
import torch

from benchmarks.performance.counting import BYTES, SAMPLE_OPERATIONS, Cost, count
from benchmarks.performance.drift import relative_error
from benchmarks.performance.peaks import Peaks
from fairmot_ros.network import create_network

SIZE = (64, 32)


def test_the_parts_add_up_to_convolutions_alone() -> None:
    network = create_network('yolo', stem_channels=4, head_conv=8, reid_dim=6).eval()
    costs = count(network, SIZE)
    assert set(costs) == {'backbone', 'hm'}, 'other heads are computed at the peaks alone'
    cells = SIZE[0] // 4 * SIZE[1] // 4
    channels = network.hm[0].in_channels
    hidden = network.hm[0].out_channels
    assert costs['hm'].operations == 2 * cells * (9 * channels * hidden + hidden)


def test_deformable_convolutions_sample_and_multiply() -> None:
    plain, deformable = (
        count(create_network(name, head_conv=8).eval(), SIZE) for name in ('dlaconv_34', 'dla_34')
    )
    assert plain['hm'] == deformable['hm']
    for part in ('dla_up', 'ida_up'):
        assert deformable[part].operations > plain[part].operations
    assert SAMPLE_OPERATIONS == 8


def test_the_floor_is_the_larger_of_two_times() -> None:
    peaks = Peaks({'fp32': 1e9, 'bf16': 2e9}, copy=1e8)
    assert peaks.floor(1e6, 0) == pytest.approx(1.0)
    assert peaks.floor(1e6, 0, 'bf16') == pytest.approx(0.5)
    assert peaks.floor(1e6, 2e5) == pytest.approx(2.0)
    assert Cost(1, 2) + Cost(3, BYTES) == Cost(4, 2 + BYTES)


def test_relative_error_is_of_the_root_mean_square() -> None:
    expected = torch.tensor([3.0, -3.0])
    assert relative_error(expected, expected * 1.01) == pytest.approx(0.01, rel=1e-3)
