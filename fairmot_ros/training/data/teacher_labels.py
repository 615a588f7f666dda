"""Teacher labels: files that `fairmot-teach` writes beside the images of a set.

`teacher.json` holds the detections of the teachers in every image. `teacher_embeddings.npz` holds
the embeddings of a re-identification teacher: of the labelled people, and of the people that the
teachers detect with a high score. The embedding is trained to reproduce them (distillation), which
gives more signal per image than classifying thousands of people with one example each.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.file_errors import reading
from fairmot_ros.training.data.sources import DataError, EmbeddingsById
from fairmot_ros.unpacking import check_archive
from fairmot_ros.written_files import replacing

DETECTIONS = 'teacher.json'  # {file name: [[left, top, right, bottom, score], ...]}
# annotation: int64 [K], embedding: float16 [K, T]; of the rows of DETECTIONS: detection_file:
# str [L], detection_row: int64 [L], detection_embedding: float16 [L, T]
EMBEDDINGS = 'teacher_embeddings.npz'

Array = NDArray[np.float32]

NO_DETECTIONS = np.zeros((0, 5), np.float32)


@dataclass(frozen=True)
class TeacherEmbeddings:
    """Embeddings of one set.

    Attributes:
        of_annotations: by the id of the annotation, [T] each.
        of_detections: by file name and row in `teacher.json`, [T] each.
        size: T.
    """

    of_annotations: EmbeddingsById
    of_detections: dict[tuple[str, int], Array]
    size: int

    def of_people(self, ids: Sequence[int]) -> Array:
        """Return the embeddings [N, T] of annotations, by id; zero where unknown."""
        return _stack([self.of_annotations.get(i) for i in ids], self.size)

    def of_image(self, name: str, count: int) -> Array:
        """Return those [count, T] of an image's rows in `teacher.json`, zero where unknown."""
        return _stack([self.of_detections.get((name, row)) for row in range(count)], self.size)


def read_detections(folder: Path) -> dict[str, Array]:
    """Return the boxes and scores [K, 5] of the teachers by file name.

    Raises:
        DataError: if the set has no teacher detections, or they cannot be read.
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
    """Return the teacher's embeddings of a set.

    Raises:
        DataError: if the set has no teacher embeddings, or they cannot be read.
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
        every = [*of_annotations.values(), *of_detections.values()]
        if any(embedding.shape != (size,) for embedding in every):
            raise DataError(f'{path}: not all embeddings have {size} numbers')
        return TeacherEmbeddings(of_annotations, of_detections, size)


def write_embeddings(target: Path | BinaryIO, embeddings: TeacherEmbeddings) -> None:
    """Write the teacher's embeddings of a set to a path or an open file.

    Raises:
        WriteError: if the file at a path cannot be written; an earlier one stays as it is.
    """
    if isinstance(target, Path):
        with replacing(target) as partial, partial.open('wb') as file:
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

    They are the first principal components of the teacher's embeddings, which preserve their
    angles best.

    Args:
        identities: [K]; the embeddings of an identity that occurs several times are averaged.
        embeddings: [K, T], T at least `size`.
        count: number of identities.
        size: of the embedding that is trained.
    """
    known = (identities >= 0) & embeddings.any(axis=1)
    identities, embeddings = identities[known], embeddings[known]
    centred = embeddings - embeddings.mean(axis=0)
    _, axes = np.linalg.eigh(centred.T @ centred)
    table = np.zeros((count, size), np.float32)
    np.add.at(table, identities, centred @ axes[:, ::-1][:, :size])
    return table / np.maximum(np.linalg.norm(table, axis=1, keepdims=True), 1e-6)


def _stack(embeddings: Sequence[Array | None], size: int) -> Array:
    """Return [N, size], zero where there is no embedding."""
    rows = np.zeros((len(embeddings), size), np.float32)
    for row, embedding in enumerate(embeddings):
        if embedding is not None:
            rows[row] = embedding
    return rows


def _require(folder: Path, name: str) -> Path:
    path = folder / name
    if not path.is_file():
        raise DataError(f'no {path}: make it with fairmot-teach')
    return path
