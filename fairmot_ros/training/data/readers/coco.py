"""COCO annotations: boxes with or without identities."""

from __future__ import annotations

import fnmatch
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.file_errors import reading
from fairmot_ros.training.config import SetConfig
from fairmot_ros.training.data.data_problems import Problems
from fairmot_ros.training.data.readers.coco_people import People
from fairmot_ros.training.data.sources import (
    PICTURES,
    DataError,
    Photograph,
    make_photograph,
)
from fairmot_ros.training.data.teacher_labels import (
    NO_DETECTIONS,
    TeacherEmbeddings,
    read_detections,
    read_embeddings,
)


def read_coco(folder: Path, part: SetConfig, problems: Problems) -> list[Photograph]:
    """Read `annotations.json` of a set; a folder without one holds no people.

    Boxes with the same `track_id` are one person; those without are each their own, as in the
    paper's training on single images. A box belongs to the label of its category's name, and boxes
    of other categories are left out and noted; with one label that no category bears, all boxes
    belong to it. Crowds (`iscrowd`) and boxes marked `ignore` are ignored regions.

    With `part.teacher`, teacher detections are added, see `Photograph.with_teacher_labels`. With
    `part.teacher_embeddings`, those of them that have an embedding are each a person of their own.

    Raises:
        DataError: if there is no such set, the annotations are not COCO's, or teacher labels are
            missing.
    """
    path = folder / (part.labels or 'annotations.json')
    embeddings = read_embeddings(folder) if part.teacher_embeddings else None
    if path.is_file():
        with reading(f'{path} does not hold COCO annotations', DataError):
            content = json.loads(path.read_text(encoding='utf-8-sig'))
            photographs = _photographs(folder, path, content, part, embeddings, problems)
    else:
        pictures = [p for p in sorted(folder.rglob('*')) if p.suffix.lower() in PICTURES]
        if not pictures or part.labels:
            raise DataError(f'no training set in {folder}: expected {path.name} or images')
        photographs = [make_photograph(p, [], []) for p in pictures]
    if part.teacher:
        photographs = _complete(photographs, read_detections(folder), part, embeddings)
    return photographs


def _photographs(
    folder: Path,
    path: Path,
    content: dict[str, Any],
    part: SetConfig,
    embeddings: TeacherEmbeddings | None,
    problems: Problems,
) -> list[Photograph]:
    people = People(path, content, part, problems)
    return [
        make_photograph(
            folder / image['file_name'],
            [person.box for person in people.of_image(image['id'])],
            [person.identity for person in people.of_image(image['id'])],
            class_ids=np.array([p.label for p in people.of_image(image['id'])], np.int64),
            ignored=people.ignored.get(image['id'], []),
            teacher_embeddings=None
            if embeddings is None
            else embeddings.of_people([p.annotation for p in people.of_image(image['id'])]),
        )
        for image in content['images']
        if any(fnmatch.fnmatch(Path(image['file_name']).name, p) for p in part.include)
    ]


def _complete(
    photographs: list[Photograph],
    detections: dict[str, NDArray[np.float32]],
    part: SetConfig,
    embeddings: TeacherEmbeddings | None,
) -> list[Photograph]:
    """Add teacher detections; the people among them that have an embedding get new identities."""
    completed = []
    count = max((int(p.identities.max(initial=-1)) for p in photographs), default=-1) + 1
    for photograph in photographs:
        name = photograph.path.name
        found = detections.get(name, NO_DETECTIONS)
        added = photograph.with_teacher_labels(
            found,
            part.teacher_scores,
            None if embeddings is None else embeddings.of_image(name, len(found)),
            part.certain_score,
        )
        if added.teacher_embeddings is not None:
            new = np.flatnonzero((added.identities < 0) & added.teacher_embeddings.any(axis=1))
            added.identities[new] = np.arange(count, count + len(new))
            count += len(new)
        completed.append(added)
    return completed
