# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Which types of numbers this torch can compute with."""

from __future__ import annotations

import pytest
import torch

from fairmot_ros.network.row_sums import weighted_rows


def needs_type(dtype: torch.dtype, device: str) -> None:
    """Skip a test where torch lacks convolutions or sums of rows in a type."""
    ones = torch.ones(1, 1, 3, 3, dtype=dtype, device=device)
    try:
        torch.nn.functional.conv2d(ones, ones)
        weighted_rows(
            ones[0, 0], torch.zeros(1, 2, dtype=torch.int32, device=device), ones[0, 0, :1, :2]
        )
    except RuntimeError as error:
        pytest.skip(f'torch {torch.__version__} on {device}: {error}')
