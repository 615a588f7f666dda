# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Scaling of embeddings to unit length, row by row."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def unit_length(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Scale each row [N, D] to length 1; a zero row stays zero.

    >>> import numpy as np
    >>> unit_length(np.array([[3, 4], [0, 0]], np.float32)).round(3).tolist()
    [[0.6000000238418579, 0.800000011920929], [0.0, 0.0]]
    """
    return vectors / _norms(vectors)


def scale_to_unit_length(vectors: NDArray[np.float32]) -> None:
    """Scale each row [N, D] to length 1 in place; see `unit_length`."""
    vectors /= _norms(vectors)


def _norms(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the length of each row [N, 1], at least 1e-30."""
    norms = np.sqrt(np.einsum('nd,nd->n', vectors, vectors))
    return np.maximum(norms, np.float32(1e-30))[:, None]
