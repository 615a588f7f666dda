# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Reader of COCO annotations: boxes with or without identities."""

from __future__ import annotations

import fnmatch
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.files.errors import reading
from fairmot_ros.training.config import DatasetConfig
from fairmot_ros.training.data.image_files import IMAGE_SUFFIXES
from fairmot_ros.training.data.labelled_image import LabelledImage, make_labelled_image
from fairmot_ros.training.data.problems import DataError, Problems
from fairmot_ros.training.data.readers.coco_objects import CocoObjects
from fairmot_ros.training.data.readers.identities import count_identities
from fairmot_ros.training.data.teacher_labels import (
    NO_DETECTIONS,
    TeacherEmbeddings,
    read_detections,
    read_embeddings,
)


def read_coco(folder: Path, dataset: DatasetConfig, problems: Problems) -> list[LabelledImage]:
    """Read `annotations.json` of a dataset; images of a folder without it have no objects.

    Boxes with the same `track_id` have one identity; each box without it has its own, as in
    FairMOT's training on single images. The class is the label with the name of the box's
    category; boxes of other categories are skipped and reported. If there is one label and no
    category has its name, all boxes have that class. Crowds (`iscrowd`) and boxes marked `ignore`
    become ignored regions.

    With `dataset.teacher`, teacher detections are added, see `LabelledImage.with_teacher_labels`.
    With `dataset.teacher_embeddings`, each of them that has an embedding gets its own identity.

    Raises:
        DataError: if the dataset is missing, its annotations are not COCO annotations, or teacher
            labels are missing.
    """
    path = folder / (dataset.labels or 'annotations.json')
    embeddings = read_embeddings(folder) if dataset.teacher_embeddings else None
    if path.is_file():
        with reading(f'{path} does not hold COCO annotations', DataError):
            content = json.loads(path.read_text(encoding='utf-8-sig'))
            images = _labelled_images(folder, path, content, dataset, embeddings, problems)
    else:
        paths = [p for p in sorted(folder.rglob('*')) if p.suffix.lower() in IMAGE_SUFFIXES]
        if not paths or dataset.labels:
            raise DataError(f'no training set in {folder}: expected {path.name} or images')
        images = [make_labelled_image(p, [], []) for p in paths]
    if dataset.teacher:
        images = _add_teacher_labels(images, read_detections(folder), dataset, embeddings)
    return images


def _labelled_images(
    folder: Path,
    path: Path,
    content: dict[str, Any],
    dataset: DatasetConfig,
    embeddings: TeacherEmbeddings | None,
    problems: Problems,
) -> list[LabelledImage]:
    """Return the images that `dataset.include` selects, with their annotations."""
    objects = CocoObjects(path, content, dataset, problems)
    images = []
    for image in content['images']:
        file_name = image['file_name']
        if not any(fnmatch.fnmatch(Path(file_name).name, p) for p in dataset.include):
            continue
        own = objects.of_image(image['id'])
        images.append(
            make_labelled_image(
                folder / file_name,
                [o.box for o in own],
                [o.identity for o in own],
                class_ids=np.array([o.label for o in own], np.int64),
                ignored=objects.ignored.get(image['id'], []),
                teacher_embeddings=None
                if embeddings is None
                else embeddings.of_people([o.annotation for o in own]),
            )
        )
    return images


def _add_teacher_labels(
    images: list[LabelledImage],
    detections: dict[str, NDArray[np.float32]],
    dataset: DatasetConfig,
    embeddings: TeacherEmbeddings | None,
) -> list[LabelledImage]:
    """Add teacher detections; those with an embedding get new identities."""
    completed = []
    count = count_identities(images)
    for image in images:
        name = image.path.name
        found = detections.get(name, NO_DETECTIONS)
        added = image.with_teacher_labels(
            found,
            dataset.teacher_scores,
            None if embeddings is None else embeddings.of_image(name, len(found)),
            dataset.certain_score,
        )
        if added.teacher_embeddings is not None:
            new = np.flatnonzero((added.identities < 0) & added.teacher_embeddings.any(axis=1))
            added.identities[new] = np.arange(count, count + len(new))
            count += len(new)
        completed.append(added)
    return completed
