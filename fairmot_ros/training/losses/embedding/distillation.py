"""Distillation of a re-identification teacher, whose embedding of each person is in the sample."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from fairmot_ros.training.losses.embedding.base import EmbeddingLoss

SELF = -1e4  # similarity of a person to itself, before the softmax: not counted


class DistillationLoss(EmbeddingLoss):
    """Distance to the teacher's embeddings, and to its similarities between people.

    The embedding may be shorter than the teacher's, and its numbers may mean something else: a
    linear map to the teacher's embedding is trained with it and dropped afterwards. What counts at
    run time, how similar people are to each other, is compared directly (Park et al. 2019,
    "Relational Knowledge Distillation"; Fang et al. 2021, "SEED", for the softmax over a memory
    of earlier people).

    Attributes:
        to_teacher: from embedding to the teacher's.
        memory: [M, D], embeddings of earlier batches, zero where there is none yet.
        teacher_memory: [M, T], the teacher's of the same people.
    """

    term_names = ('teacher', 'relation', 'similarity')

    def __init__(
        self,
        reid_dim: int,
        num_identities: int,
        *,
        teacher_dim: int = 256,
        memory: int = 2048,
        temperature: float = 0.07,
        teacher_weight: float = 1.0,
        relation_weight: float = 1.0,
        similarity_weight: float = 5.0,
        looks: Tensor | None = None,
    ) -> None:
        """Create the loss.

        Args:
            reid_dim: embedding size.
            num_identities: not used.
            teacher_dim: of the teacher's embedding.
            memory: people of earlier batches to compare with.
            temperature: of the softmax over similarities.
            teacher_weight: of 1 - cosine between the mapped embedding and the teacher's.
            relation_weight: of the divergence between the softmax over similarities to the people
                of the batch and the memory.
            similarity_weight: of the squared error of the similarities inside the batch.
            looks: not used; the samples hold the teacher's embeddings under `teacher`.
        """
        super().__init__()
        self.to_teacher = nn.Linear(reid_dim, teacher_dim, bias=False)
        self.temperature = temperature
        self.weights = (teacher_weight, relation_weight, similarity_weight)
        self.memory: Tensor
        self.teacher_memory: Tensor
        self.register_buffer('memory', torch.zeros(memory, reid_dim))
        self.register_buffer('teacher_memory', torch.zeros(memory, teacher_dim))

    def forward(
        self, embeddings: Tensor, batch: dict[str, Any], totals: Tensor
    ) -> dict[str, Tensor]:
        wanted = batch['teacher']
        known = batch['mask'] & wanted.any(dim=2)
        found, wanted = F.normalize(embeddings[known]), wanted[known]
        number = totals[0].clamp(min=1)
        mapped = 1.0 - F.cosine_similarity(self.to_teacher(found), wanted, dim=1)
        terms = (
            mapped.sum() / number,
            self.relation(found, wanted).sum() / number,
            similarity_error(found, wanted).sum() / number,
        )
        self.remember(found.detach(), wanted)
        total = sum(weight * term for weight, term in zip(self.weights, terms))
        assert isinstance(total, Tensor)
        return {'embedding': total, **dict(zip(self.term_names, terms))}

    def relation(self, found: Tensor, wanted: Tensor) -> Tensor:
        """Return the divergence of the similarities of each person [N], [N, D] and [N, T]."""
        filled = self.teacher_memory.any(dim=1)
        others = torch.cat((found.detach(), self.memory[filled]))
        others_wanted = torch.cat((wanted, self.teacher_memory[filled]))
        itself = torch.zeros(len(found), len(others), device=found.device)
        itself[:, : len(found)].fill_diagonal_(SELF)
        predicted = (found @ others.T / self.temperature + itself).log_softmax(dim=1)
        target = (wanted @ others_wanted.T / self.temperature + itself).log_softmax(dim=1)
        return F.kl_div(predicted, target, reduction='none', log_target=True).sum(dim=1)

    @torch.no_grad()
    def remember(self, found: Tensor, wanted: Tensor) -> None:
        """Put the people of a batch into the memory, in place of the oldest."""
        size = len(self.memory)
        self.memory.copy_(torch.cat((found, self.memory))[:size])
        self.teacher_memory.copy_(torch.cat((wanted, self.teacher_memory))[:size])


def similarity_error(found: Tensor, wanted: Tensor) -> Tensor:
    """Return the mean squared error [N] of each person's similarities to the others."""
    error = (found @ found.T - wanted @ wanted.T) ** 2
    return error.fill_diagonal_(0.0).sum(dim=1) / max(len(found) - 1, 1)
