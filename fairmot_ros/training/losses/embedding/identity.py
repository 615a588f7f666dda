"""Classification of identities, and distillation of a teacher's embeddings."""

from __future__ import annotations

import math
from typing import Any

import torch.nn.functional as F
from torch import Tensor, nn

from fairmot_ros.training.losses.embedding.base import EmbeddingLoss, known_identities

TEMPERATURE = 0.07  # of similarities to everybody else


class IdentityTerms(nn.Module):
    """The terms of FairMOT's embedding, unweighted.

    Attributes:
        classifier: linear layer from embedding to identity; used in training alone.
    """

    def __init__(
        self,
        reid_dim: int,
        num_identities: int,
        *,
        contrast_weight: float = 0.0,
        looks: Tensor | None = None,
    ) -> None:
        """Create the terms.

        Args:
            reid_dim: embedding size.
            num_identities: classes.
            contrast_weight: of similarities to others, inside the distance to the teacher.
            looks: [num_identities, reid_dim], the teacher's embeddings, zero where unknown; see
                `fairmot_ros.training.data.teacher_labels`.
        """
        super().__init__()
        self.classifier = nn.Linear(reid_dim, num_identities)
        self.scale = math.sqrt(2) * math.log(max(num_identities - 1, 2))
        self.contrast_weight = contrast_weight
        self.looks: Tensor | None
        self.register_buffer('looks', looks, persistent=False)

    def identity_loss(self, embeddings: Tensor, batch: dict[str, Any], number: Tensor) -> Tensor:
        """Cross-entropy of the scaled, normalised embeddings [B, K, D]; 0 without identities."""
        known = known_identities(batch)
        features = self.scale * F.normalize(embeddings[known])
        total = F.cross_entropy(self.classifier(features), batch['ids'][known], reduction='sum')
        return total / number.clamp(min=1)

    def look_loss(self, embeddings: Tensor, batch: dict[str, Any], number: Tensor) -> Tensor:
        """Distance of the embeddings [B, K, D] to the teacher's, over all of `number`.

        It is 1 - cosine, and `contrast_weight` times the divergence between how similar the
        teacher and the embedding find each person to everybody else (relational distillation,
        as Park et al. 2019, with the softmax similarities of Fang et al. 2021).
        """
        if self.looks is None:
            return embeddings.sum() * 0.0
        wanted = self.looks[batch['ids'].clamp(min=0)]
        known = known_identities(batch) & wanted.any(dim=2)
        wanted, found = wanted[known], F.normalize(embeddings[known])
        total = (1.0 - (found * wanted).sum(dim=1)).sum()
        if self.contrast_weight:
            total = total + self.contrast_weight * F.kl_div(
                (found @ self.looks.T / TEMPERATURE).log_softmax(dim=1),
                (wanted @ self.looks.T / TEMPERATURE).log_softmax(dim=1),
                reduction='sum',
                log_target=True,
            )
        return total / number.clamp(min=1)


class IdentityLoss(EmbeddingLoss):
    """The weighted sum of FairMOT's terms of the embedding."""

    term_names = ('id', 'look')

    def __init__(
        self,
        reid_dim: int,
        num_identities: int,
        *,
        id_weight: float = 0.1,
        look_weight: float = 1.0,
        contrast_weight: float = 0.0,
        looks: Tensor | None = None,
    ) -> None:
        """Create the loss.

        Args:
            reid_dim: embedding size.
            num_identities: classes.
            id_weight: of the classification.
            look_weight: of the distance to the teacher's embeddings.
            contrast_weight: see IdentityTerms.
            looks: see IdentityTerms.
        """
        super().__init__()
        self.terms = IdentityTerms(
            reid_dim, num_identities, contrast_weight=contrast_weight, looks=looks
        )
        self.id_weight, self.look_weight = id_weight, look_weight

    def forward(
        self, embeddings: Tensor, batch: dict[str, Any], totals: Tensor
    ) -> dict[str, Tensor]:
        number = totals[0]
        identity = self.terms.identity_loss(embeddings, batch, number)
        look = self.terms.look_loss(embeddings, batch, number)
        total = self.id_weight * identity + self.look_weight * look
        return {'embedding': total, 'id': identity, 'look': look}
