"""COCO annotations: boxes with or without identities."""

from __future__ import annotations

import fnmatch
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.boxes import is_valid_box, xywh_to_xyxy
from fairmot_ros.file_errors import reading
from fairmot_ros.training.config import SetConfig
from fairmot_ros.training.problems import Problems
from fairmot_ros.training.sources import (
    PICTURES,
    DataError,
    Photograph,
    make_photograph,
)
from fairmot_ros.training.teacher_labels import (
    NO_DETECTIONS,
    TeacherEmbeddings,
    read_detections,
    read_embeddings,
)


def read_coco(folder: Path, part: SetConfig, problems: Problems) -> list[Photograph]:
    """Read `annotations.json` of a set; a folder without one holds no people.

    Boxes with the same `track_id` are one person; those without are each their own, as in the
    paper's training on single images. With several labels, a box belongs to the one of its
    category's name, and boxes of other categories are left out.

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
            content = json.loads(path.read_text())
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
    names = {c['id']: c['name'] for c in content.get('categories', ())}
    rows: dict[int, list[tuple[NDArray[np.float64], int, int, int]]] = defaultdict(list)
    ignored: dict[int, list[NDArray[np.float64]]] = defaultdict(list)
    numbers: dict[object, int] = {}
    for annotation in content['annotations']:
        x, y, w, h = annotation['bbox']
        box, image = xywh_to_xyxy(np.array([x, y, w, h], np.float64)), annotation['image_id']
        label = part.class_of(names.get(annotation.get('category_id'), ''))
        if label is None:
            continue
        if not is_valid_box(box):
            problems.add(f'{path}: the box of annotation {annotation["id"]} is {w} x {h}')
        elif annotation.get('ignore'):
            ignored[image].append(box)
        else:
            person = annotation.get('track_id', ('box', annotation['id']))
            number = numbers.setdefault(person, len(numbers))
            rows[image].append((box, number, label, annotation['id']))
    return [
        make_photograph(
            folder / image['file_name'],
            [box for box, *_ in rows[image['id']]],
            [identity for _, identity, *_ in rows[image['id']]],
            class_ids=np.array([label for *_, label, _ in rows[image['id']]], np.int64),
            ignored=ignored[image['id']],
            teacher_embeddings=None
            if embeddings is None
            else embeddings.of_people([name for *_, name in rows[image['id']]]),
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
