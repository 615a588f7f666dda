# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Pseudo-labels of teacher networks: the files that `fairmot-teach` writes beside the images.

`teacher.json` holds the detections of the teachers in every image. `teacher_embeddings.npz` holds
the embeddings of a re-identification teacher for all labelled people and for confident
detections. They are the targets of distillation, which gives more signal per image than a
classification of thousands of identities with one example each.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.files.errors import reading
from fairmot_ros.files.unpacking import check_archive
from fairmot_ros.files.writing import OWNER_ONLY, replacing
from fairmot_ros.training.data.problems import DataError

#: JSON object: {file name: [[left, top, right, bottom, score], ...]}.
DETECTIONS = 'teacher.json'
#: Arrays for annotations: annotation int64 [K] (ids), embedding float16 [K, T]; for rows of
#: DETECTIONS: detection_file str [L], detection_row int64 [L], detection_embedding float16 [L, T].
EMBEDDINGS = 'teacher_embeddings.npz'

Array = NDArray[np.float32]
EmbeddingsById = dict[int, Array]  # by annotation id

NO_DETECTIONS = np.zeros((0, 5), np.float32)


@dataclass(frozen=True)
class TeacherEmbeddings:
    """Teacher embeddings of one dataset.

    Attributes:
        of_annotations: float32 [T] by annotation id.
        of_detections: float32 [T] by file name and row in `teacher.json`.
        size: length T of the embeddings.
    """

    of_annotations: EmbeddingsById
    of_detections: dict[tuple[str, int], Array]
    size: int

    def of_people(self, ids: Sequence[int]) -> Array:
        """Return the embeddings [N, T] of the annotations with these ids; zero where unknown."""
        return _stack([self.of_annotations.get(i) for i in ids], self.size)

    def of_image(self, name: str, count: int) -> Array:
        """Return the embeddings [count, T] of an image's detections; zero where unknown."""
        return _stack([self.of_detections.get((name, row)) for row in range(count)], self.size)


def read_detections(folder: Path) -> dict[str, Array]:
    """Read the teacher detections of a dataset: boxes and scores [K, 5] by file name.

    Raises:
        DataError: if the dataset has no teacher detections or they cannot be read.
    """
    path = _require(folder, DETECTIONS)
    with reading(f'{path} does not hold teacher detections', DataError):
        content = json.loads(path.read_text())
        found = {name: np.array(rows, np.float32).reshape(-1, 5) for name, rows in content.items()}
        for name, rows in found.items():
            if not np.isfinite(rows).all():
                raise DataError(f'{path}: {name} has a detection with values that are not finite')
        return found


def read_embeddings(folder: Path) -> TeacherEmbeddings:
    """Read the teacher embeddings of a dataset.

    Raises:
        DataError: if the dataset has no teacher embeddings or they cannot be read.
    """
    path = _require(folder, EMBEDDINGS)
    with reading(f'{path} does not hold teacher embeddings', DataError):
        check_archive(path)
        file = np.load(path)
    with reading(f'{path} does not hold teacher embeddings', DataError), file:
        embeddings = file['embedding'].astype(np.float32)
        of_annotations = dict(zip(file['annotation'].tolist(), embeddings))
        of_detections = {}
        if 'detection_file' in file:
            rows = zip(file['detection_file'].tolist(), file['detection_row'].tolist())
            of_detections = dict(zip(rows, file['detection_embedding'].astype(np.float32)))
        size = embeddings.shape[1]
        all_embeddings = [*of_annotations.values(), *of_detections.values()]
        if any(embedding.shape != (size,) for embedding in all_embeddings):
            raise DataError(f'{path}: not all embeddings have {size} numbers')
        return TeacherEmbeddings(of_annotations, of_detections, size)


def write_embeddings(target: Path | BinaryIO, embeddings: TeacherEmbeddings) -> None:
    """Write the teacher embeddings of a dataset to a path or an open file.

    Raises:
        WriteError: if the path cannot be written; an existing file is kept unchanged.
    """
    if isinstance(target, Path):
        with replacing(target, OWNER_ONLY) as partial, partial.open('wb') as file:
            write_embeddings(file, embeddings)
        return
    of_annotations, of_detections = embeddings.of_annotations, embeddings.of_detections
    np.savez_compressed(
        target,
        annotation=np.array(list(of_annotations), np.int64),
        embedding=_stack(list(of_annotations.values()), embeddings.size).astype(np.float16),
        detection_file=np.array([name for name, _ in of_detections], np.str_),
        detection_row=np.array([row for _, row in of_detections], np.int64),
        detection_embedding=_stack(list(of_detections.values()), embeddings.size).astype(
            np.float16
        ),
    )


def embedding_table(
    identities: NDArray[np.int64], embeddings: Array, count: int, size: int
) -> Array:
    """Return unit-length target embeddings [count, size] of all identities; zero where unknown.

    The teacher embeddings are projected onto their first `size` principal components, the linear
    projection that preserves their angles best.

    Args:
        identities: int64 [K]; embeddings of the same identity are averaged.
        embeddings: float32 [K, T], T at least `size`; zero rows are ignored.
        count: number of identities.
        size: embedding size of the trained network.
    """
    known = (identities >= 0) & embeddings.any(axis=1)
    identities, embeddings = identities[known], embeddings[known]
    centred = embeddings - embeddings.mean(axis=0)
    _, axes = np.linalg.eigh(centred.T @ centred)
    table = np.zeros((count, size), np.float32)
    np.add.at(table, identities, centred @ axes[:, ::-1][:, :size])
    return table / np.maximum(np.linalg.norm(table, axis=1, keepdims=True), 1e-6)


def _stack(embeddings: Sequence[Array | None], size: int) -> Array:
    """Return the embeddings as rows of an array [N, size]; zero for None."""
    rows = np.zeros((len(embeddings), size), np.float32)
    for row, embedding in enumerate(embeddings):
        if embedding is not None:
            rows[row] = embedding
    return rows


def _require(folder: Path, name: str) -> Path:
    path = folder / name
    if not path.is_file():
        raise DataError(f'no {path}: create it with fairmot-teach')
    return path
