# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Weighted sums of rows of a matrix, as one operator."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor


def weighted_rows(matrix: Tensor, rows: Tensor, weights: Tensor) -> Tensor:
    """Return [N, C]: each row a weighted sum of `K` rows of a matrix.

    On a GPU, one kernel reads the rows where they lie; gathering them first would write and read
    `K` times as much memory.

    Args:
        matrix: [R, C], of any floating type.
        rows: int32 or int64 [N, K].
        weights: [N, K], of the matrix's type.
    """
    return F.embedding_bag(rows, matrix, mode='sum', per_sample_weights=weights)
