# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Base class of the embedding losses."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from torch import Tensor, nn


class EmbeddingLoss(nn.Module, ABC):
    """Loss of the embeddings of the objects of a batch.

    Attributes:
        term_names: names of the terms that `forward` returns besides `embedding`.
    """

    term_names: tuple[str, ...]

    def count_totals(self, batch: dict[str, Any]) -> Tensor:
        """Return the divisors of the terms, float64, see `Objective.count_totals`.

        By default the number of objects with a known identity, [1].
        """
        return known_identities(batch).sum().double()[None]

    @abstractmethod
    def forward(
        self, embeddings: Tensor, batch: dict[str, Any], totals: Tensor
    ) -> dict[str, Tensor]:
        """Return the terms by name, and their weighted sum under `embedding`.

        Args:
            embeddings: [B, K, D] at the boxes of the batch; undefined where `mask` is false.
            batch: `mask` bool [B, K]; `ids` int64 [B, K], -1 where unknown; `boxes` float32
                [B, K, 4] in pixels; `image` uint8 [B, 3, H, W], RGB; further tensors of the
                samples.
            totals: sum of `count_totals` over the whole batch.
        """


def known_identities(batch: dict[str, Any]) -> Tensor:
    """Return which rows hold an object with a known identity, bool [B, K]."""
    known: Tensor = batch['mask'] & (batch['ids'] >= 0)
    return known
