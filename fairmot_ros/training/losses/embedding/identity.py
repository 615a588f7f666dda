# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Identity classification, and distillation of a teacher's embeddings by identity."""

from __future__ import annotations

import math
from typing import Any

import torch.nn.functional as F
from torch import Tensor, nn

from fairmot_ros.training.losses.embedding.base import EmbeddingLoss, known_identities

TEMPERATURE = 0.07  # of the softmax over similarities to all identities


class IdentityTerms(nn.Module):
    """The unweighted terms of FairMOT's embedding loss.

    Attributes:
        classifier: linear layer from embedding to identity, used only in training.
        teacher_embeddings: target embeddings [num_identities, reid_dim], or None.
    """

    def __init__(
        self,
        reid_dim: int,
        num_identities: int,
        *,
        contrast_weight: float = 0.0,
        teacher_embeddings: Tensor | None = None,
    ) -> None:
        """Create the terms.

        Args:
            reid_dim: embedding size.
            num_identities: number of identity classes.
            contrast_weight: weight of the similarities to other people within `teacher_loss`.
            teacher_embeddings: target embeddings [num_identities, reid_dim], zero where unknown;
                see `fairmot_ros.training.data.teacher_labels.embedding_table`.
        """
        super().__init__()
        self.classifier = nn.Linear(reid_dim, num_identities)
        self.scale = math.sqrt(2) * math.log(max(num_identities - 1, 2))
        self.contrast_weight = contrast_weight
        self.teacher_embeddings: Tensor | None
        self.register_buffer('teacher_embeddings', teacher_embeddings, persistent=False)

    def identity_loss(self, embeddings: Tensor, batch: dict[str, Any], number: Tensor) -> Tensor:
        """Return the cross-entropy of the identities, from scaled unit embeddings.

        Args:
            embeddings: [B, K, D].
            batch: `mask` and `ids`, see `EmbeddingLoss.forward`.
            number: divisor of the sum; 0 gives a loss of 0.
        """
        known = known_identities(batch)
        features = self.scale * F.normalize(embeddings[known])
        total = F.cross_entropy(self.classifier(features), batch['ids'][known], reduction='sum')
        return total / number.clamp(min=1)

    def teacher_loss(self, embeddings: Tensor, batch: dict[str, Any], number: Tensor) -> Tensor:
        """Return the distance of the embeddings to the teacher's.

        It is the sum of 1 - cosine, and of `contrast_weight` times the divergence between the
        softmax over similarities to all identities of the teacher and of the embedding (relational
        distillation as in Park et al. 2019, with the softmax of Fang et al. 2021).

        Args:
            embeddings: [B, K, D].
            batch: `mask` and `ids`, see `EmbeddingLoss.forward`.
            number: divisor of the sum.
        """
        if self.teacher_embeddings is None:
            return embeddings.sum() * 0.0
        target = self.teacher_embeddings[batch['ids'].clamp(min=0)]
        known = known_identities(batch) & target.any(dim=2)
        target, predicted = target[known], F.normalize(embeddings[known])
        total = (1.0 - (predicted * target).sum(dim=1)).sum()
        if self.contrast_weight:
            total = total + self.contrast_weight * F.kl_div(
                (predicted @ self.teacher_embeddings.T / TEMPERATURE).log_softmax(dim=1),
                (target @ self.teacher_embeddings.T / TEMPERATURE).log_softmax(dim=1),
                reduction='sum',
                log_target=True,
            )
        return total / number.clamp(min=1)


class IdentityLoss(EmbeddingLoss):
    """The weighted sum of `IdentityTerms`."""

    term_names = ('id', 'teacher')

    def __init__(
        self,
        reid_dim: int,
        num_identities: int,
        *,
        id_weight: float = 0.1,
        teacher_weight: float = 1.0,
        contrast_weight: float = 0.0,
        teacher_embeddings: Tensor | None = None,
    ) -> None:
        """Create the loss.

        Args:
            reid_dim: embedding size.
            num_identities: number of identity classes.
            id_weight: weight of the classification.
            teacher_weight: weight of the distance to the teacher's embeddings.
            contrast_weight: see `IdentityTerms`.
            teacher_embeddings: see `IdentityTerms`.
        """
        super().__init__()
        self.terms = IdentityTerms(
            reid_dim,
            num_identities,
            contrast_weight=contrast_weight,
            teacher_embeddings=teacher_embeddings,
        )
        self.id_weight, self.teacher_weight = id_weight, teacher_weight

    def forward(
        self, embeddings: Tensor, batch: dict[str, Any], totals: Tensor
    ) -> dict[str, Tensor]:
        number = totals[0]
        identity = self.terms.identity_loss(embeddings, batch, number)
        teacher = self.terms.teacher_loss(embeddings, batch, number)
        total = self.id_weight * identity + self.teacher_weight * teacher
        return {'embedding': total, 'id': identity, 'teacher': teacher}
