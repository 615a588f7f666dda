"""What teachers saw in a set, as `fairmot-teach` writes it beside the pictures.

Looks are a re-identification teacher's embeddings of the labelled people. The embedding learns
to lie where they do, which teaches far more per picture than telling apart thousands of people,
each of whom was seen once.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.training.sources import DataError, Looks

SEEN = 'teacher.json'  # {file name: [[left, top, right, bottom, score], ...]}
LOOKS = 'teacher_embeddings.npz'  # annotation: int64 [K], embedding: float16 [K, T]

Array = NDArray[np.float32]


def read_seen(folder: Path) -> dict[str, Array]:
    """Return the boxes and scores [K, 5] that a teacher saw in each picture of a set.

    Raises:
        DataError: if none has looked.
    """
    seen = json.loads(_beside(folder, SEEN).read_text())
    return {name: np.array(boxes, np.float32).reshape(-1, 5) for name, boxes in seen.items()}


def read_looks(folder: Path) -> Looks:
    """Return a teacher's embeddings [T] of a set's people, by the id of the annotation.

    Raises:
        DataError: if none has looked.
    """
    with np.load(_beside(folder, LOOKS)) as file:
        return dict(zip(file['annotation'].tolist(), file['embedding'].astype(np.float32)))


def looks_of(annotations: Sequence[int], looks: Looks) -> Array:
    """Return the looks [N, T] of annotations, zero where unknown."""
    unknown = np.zeros_like(next(iter(looks.values())))
    return np.array([looks.get(a, unknown) for a in annotations]).reshape(-1, len(unknown))


def table_of_looks(identities: NDArray[np.int64], looks: Array, count: int, size: int) -> Array:
    """Return the looks [count, size] of all identities, of unit length; zero where unknown.

    They are the first principal components of the looks, which keep their angles best.

    Args:
        identities: [K]; of one seen several times, the mean counts.
        looks: [K, T], T at least `size`.
        count: number of identities.
        size: of the embedding that is trained.
    """
    known = (identities >= 0) & looks.any(axis=1)
    identities, looks = identities[known], looks[known]
    centred = looks - looks.mean(axis=0)
    _, axes = np.linalg.eigh(centred.T @ centred)
    table = np.zeros((count, size), np.float32)
    np.add.at(table, identities, centred @ axes[:, ::-1][:, :size])
    return table / np.maximum(np.linalg.norm(table, axis=1, keepdims=True), 1e-6)


def _beside(folder: Path, name: str) -> Path:
    path = folder / name
    if not path.is_file():
        raise DataError(f'no {path}: make it with fairmot-teach')
    return path
