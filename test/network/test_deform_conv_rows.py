# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Deformable convolution by sums of rows computes what the one by sampling computes."""

from __future__ import annotations

import pytest
import torch
from half_precision import needs_type

from fairmot_ros.network.deform_conv import deform_conv2d
from fairmot_ros.network.deform_conv_rows import deform_conv2d_rows

DEVICES = ['cpu', pytest.param('cuda', marks=pytest.mark.gpu)]


def arguments(batch: int, reach: float, device: str) -> list[torch.Tensor]:
    torch.manual_seed(0)
    x = torch.randn(batch, 8, 9, 13).to(memory_format=torch.channels_last)
    offset = torch.randn(batch, 18, 9, 13) * reach
    mask = torch.rand(batch, 9, 9, 13)
    values = [x, offset, mask, torch.randn(5, 8, 3, 3), torch.randn(5)]
    return [value.to(device) for value in values]


@pytest.mark.parametrize('device', DEVICES)
@pytest.mark.parametrize('batch', [1, 3])
@pytest.mark.parametrize('reach', [0.0, 1.0, 10.0])
def test_it_equals_sampling(batch: int, reach: float, device: str) -> None:
    given = arguments(batch, reach, device)
    got = deform_conv2d_rows(*given)
    assert torch.allclose(got, deform_conv2d(*given), atol=1e-4)
    assert got.is_contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize('device', DEVICES)
@pytest.mark.parametrize('dtype', [torch.float16, torch.bfloat16])
def test_half_precision_differs_by_rounding(dtype: torch.dtype, device: str) -> None:
    x, offset, mask, weight, bias = arguments(1, 1.0, device)
    needs_type(dtype, device)
    half = (value.to(dtype) for value in (mask, weight, bias))
    got = deform_conv2d_rows(x.to(dtype), offset, *half)
    expected = deform_conv2d(x, offset, mask, weight, bias)
    assert got.dtype == dtype
    assert (got - expected).abs().max() < 0.02 * expected.abs().max()


@pytest.mark.parametrize('value', [float('nan'), float('inf'), -1e30, 1e30])
def test_impossible_offsets_read_no_foreign_memory(value: float) -> None:
    given = arguments(1, 0.0, 'cpu')
    given[1][0, :, 4, 4] = value
    got = deform_conv2d_rows(*given)
    assert got.shape == (1, 5, 9, 13)
    assert torch.isfinite(got[0, :, :4]).all()
