# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Exact search for similar embeddings, shared by the gallery and the identities of all cameras."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]


def similarities(units: Floats, embeddings: Floats) -> Floats:
    """Return the cosine similarity [N] or [M, N] of embeddings [D] or [M, D] to others [N, D]."""
    found: Floats = np.minimum(units @ embeddings.T, np.float32(1.0))
    return found


def nearest_identities(
    similarity: Floats, identities: Integers, count: int, min_similarity: float
) -> Integers:
    """Return the row of the most similar embedding of each of the most similar identities.

    Args:
        similarity: [N], of each embedding.
        identities: [N], number of its identity.
        count: largest number of identities.
        min_similarity: smallest similarity.

    Returns:
        Rows [up to count], falling similarity.

    >>> import numpy as np
    >>> similarity = np.array([0.5, 0.9, 0.8, 0.2], np.float32)
    >>> nearest_identities(similarity, np.array([1, 2, 2, 3]), 5, 0.4).tolist()
    [1, 0]
    """
    rows = (similarity >= min_similarity).nonzero()[0]
    # Of many candidates, only the best are sorted; twice as many each time until enough differ.
    wanted = count * 4
    while True:
        chosen = rows
        if len(rows) > wanted:
            chosen = rows[np.argpartition(-similarity[rows], wanted)[:wanted]]
        order = chosen[np.lexsort((chosen, -similarity[chosen]))]
        _, first = np.unique(identities[order], return_index=True)
        if len(first) >= count or len(chosen) == len(rows):
            nearest: Integers = order[np.sort(first)[:count]]
            return nearest
        wanted *= 4
