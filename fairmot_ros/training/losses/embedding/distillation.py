# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Distillation of a re-identification teacher whose embeddings are part of the samples."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from fairmot_ros.training.losses.embedding.base import EmbeddingLoss

SELF_LOGIT = -1e4  # excludes the similarity of a person to itself from the softmax


class DistillationLoss(EmbeddingLoss):
    """Distance to the teacher's embeddings and to the teacher's similarities between people.

    The embedding may be shorter than the teacher's: a linear layer, used only in training, maps it
    to the teacher's. The similarities between people, which matter for association, are also
    compared directly (Park et al. 2019, "Relational Knowledge Distillation"; Fang et al. 2021,
    "SEED", for the softmax over a memory of previous people).

    Attributes:
        to_teacher: linear layer from the embedding to the teacher's.
        memory: embeddings of previous batches [M, D], zero where unused.
        teacher_memory: teacher embeddings of the same people [M, T].
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
        teacher_embeddings: Tensor | None = None,
    ) -> None:
        """Create the loss.

        Args:
            reid_dim: embedding size.
            num_identities: not used.
            teacher_dim: size of the teacher's embedding.
            memory: number of people of previous batches to compare with.
            temperature: temperature of the softmax over similarities.
            teacher_weight: weight of 1 - cosine of the mapped embedding and the teacher's.
            relation_weight: weight of the divergence of the softmax over similarities to the
                people of the batch and of the memory.
            similarity_weight: weight of the squared error of the similarities within the batch.
            teacher_embeddings: not used; the samples contain the teacher's embeddings under
                `teacher`.
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
        target = batch['teacher']
        known = batch['mask'] & target.any(dim=2)
        predicted, target = F.normalize(embeddings[known]), target[known]
        number = totals[0].clamp(min=1)
        distance = 1.0 - F.cosine_similarity(self.to_teacher(predicted), target, dim=1)
        terms = (
            distance.sum() / number,
            self.relation_divergence(predicted, target).sum() / number,
            similarity_error(predicted, target).sum() / number,
        )
        self.update_memory(predicted.detach(), target)
        total = sum(weight * term for weight, term in zip(self.weights, terms))
        assert isinstance(total, Tensor)
        return {'embedding': total, **dict(zip(self.term_names, terms))}

    def relation_divergence(self, predicted: Tensor, target: Tensor) -> Tensor:
        """Return the divergence [N] of the softmax over similarities to other people.

        Args:
            predicted: unit embeddings [N, D].
            target: unit embeddings of the teacher [N, T].
        """
        used = self.teacher_memory.any(dim=1)
        others = torch.cat((predicted.detach(), self.memory[used]))
        teacher_others = torch.cat((target, self.teacher_memory[used]))
        mask = torch.zeros(len(predicted), len(others), device=predicted.device)
        mask[:, : len(predicted)].fill_diagonal_(SELF_LOGIT)
        student = (predicted @ others.T / self.temperature + mask).log_softmax(dim=1)
        teacher = (target @ teacher_others.T / self.temperature + mask).log_softmax(dim=1)
        return F.kl_div(student, teacher, reduction='none', log_target=True).sum(dim=1)

    @torch.no_grad()
    def update_memory(self, predicted: Tensor, target: Tensor) -> None:
        """Add the people of a batch to the memory and drop the oldest."""
        size = len(self.memory)
        self.memory.copy_(torch.cat((predicted, self.memory))[:size])
        self.teacher_memory.copy_(torch.cat((target, self.teacher_memory))[:size])


def similarity_error(predicted: Tensor, target: Tensor) -> Tensor:
    """Return the mean squared error [N] of each person's similarities to the others.

    Args:
        predicted: unit embeddings [N, D].
        target: unit embeddings of the teacher [N, T].
    """
    error = (predicted @ predicted.T - target @ target.T) ** 2
    return error.fill_diagonal_(0.0).sum(dim=1) / max(len(predicted) - 1, 1)
