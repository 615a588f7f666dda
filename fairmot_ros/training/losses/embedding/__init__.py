# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Embedding losses by name: a new one is one file and one entry in `EMBEDDING_LOSSES`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import Tensor

from fairmot_ros.training.losses.embedding.base import EmbeddingLoss, known_identities
from fairmot_ros.training.losses.embedding.distillation import DistillationLoss
from fairmot_ros.training.losses.embedding.identity import IdentityLoss, IdentityTerms

__all__ = [
    'EMBEDDING_LOSSES',
    'DistillationLoss',
    'EmbeddingLoss',
    'IdentityLoss',
    'IdentityTerms',
    'known_identities',
    'make_embedding_loss',
]

#: By `kind`. Called with the embedding size, the number of identities, the other options and
#: `teacher_embeddings`, see `IdentityTerms`.
EMBEDDING_LOSSES: dict[str, Callable[..., EmbeddingLoss]] = {
    'distillation': DistillationLoss,
    'identity': IdentityLoss,
}


def make_embedding_loss(
    reid_dim: int,
    num_identities: int,
    options: dict[str, Any],
    teacher_embeddings: Tensor | None = None,
) -> EmbeddingLoss:
    """Build the embedding loss that a configuration describes.

    Args:
        reid_dim: embedding size.
        num_identities: number of identity classes.
        options: `kind`, a name in EMBEDDING_LOSSES ('identity' by default), and its options.
        teacher_embeddings: [num_identities, reid_dim], or None without a teacher.

    Raises:
        ValueError: if the kind is unknown.
        TypeError: if an option is unknown.
    """
    others = dict(options)
    kind = others.pop('kind', 'identity')
    if kind not in EMBEDDING_LOSSES:
        raise ValueError(
            f'the embedding loss must be one of {", ".join(EMBEDDING_LOSSES)}, got {kind!r}'
        )
    make_loss = EMBEDDING_LOSSES[kind]
    return make_loss(reid_dim, num_identities, **others, teacher_embeddings=teacher_embeddings)
