"""What the losses of the embedding have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from torch import Tensor, nn


class EmbeddingLoss(nn.Module, ABC):
    """Loss of the embeddings of a batch's people.

    Attributes:
        term_names: names of the terms that `forward` returns beside `embedding`.
    """

    term_names: tuple[str, ...]

    def count_totals(self, batch: dict[str, Any]) -> Tensor:
        """Return what the terms are divided by, float64, see `Objective.count_totals`.

        By default the number of people whose identity is known, [1].
        """
        return known_identities(batch).sum().double()[None]

    @abstractmethod
    def forward(
        self, embeddings: Tensor, batch: dict[str, Any], totals: Tensor
    ) -> dict[str, Tensor]:
        """Return the terms by name, and under `embedding` their weighted sum.

        Args:
            embeddings: [B, K, D], of the rows of the batch's boxes. Rows without a person, see
                `mask`, hold anything.
            batch: `mask` bool [B, K]; `ids` int64 [B, K], -1 where unknown; `boxes` float32
                [B, K, 4] in pixels; `image` uint8 [B, 3, H, W], RGB; and whatever else the
                samples hold.
            totals: of the whole batch, see `count_totals`.
        """


def known_identities(batch: dict[str, Any]) -> Tensor:
    """Return which rows hold a person of known identity, bool [B, K]."""
    known: Tensor = batch['mask'] & (batch['ids'] >= 0)
    return known
