# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Pseudo-labelling of a dataset by teachers; `teacher_labels` describes the files."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from fairmot_ros.boxes import coverage_matrix, xywh_to_xyxy
from fairmot_ros.files.errors import reading
from fairmot_ros.files.writing import write_text
from fairmot_ros.training.data.image_files import find_images, read_image
from fairmot_ros.training.data.labelled_image import SAME_PERSON_COVERAGE
from fairmot_ros.training.data.problems import DataError
from fairmot_ros.training.data.teacher_labels import (
    DETECTIONS,
    EMBEDDINGS,
    NO_DETECTIONS,
    EmbeddingsById,
    TeacherEmbeddings,
    read_detections,
    read_embeddings,
    write_embeddings,
)
from fairmot_ros.training.distillation.teachers.detectors import PersonDetector
from fairmot_ros.training.distillation.teachers.fusion import fuse
from fairmot_ros.training.distillation.teachers.reidentification import ReidTeacher

#: Detections with at least this score get an embedding.
MIN_EMBEDDED_SCORE = 0.3


def label_boxes(detectors: Sequence[PersonDetector], folder: Path) -> int:
    """Write the fused detections of all images of a dataset to `teacher.json`.

    Embeddings of previous detections are removed.

    Returns:
        The number of detections.

    Raises:
        DataError: if the dataset has no images or one cannot be read.
    """
    images = find_images(folder)
    content = {}
    for path in tqdm(images, unit='image', desc=f'detections of {folder.name}'):
        image = read_image(path)
        rows = fuse([detector(image) for detector in detectors]).tolist()
        content[path.name] = [
            [*(round(side, 2) for side in row[:4]), round(row[4], 4)] for row in rows
        ]
    write_text(folder / DETECTIONS, json.dumps(content))
    if (folder / EMBEDDINGS).is_file():
        old = read_embeddings(folder)
        write_embeddings(folder / EMBEDDINGS, TeacherEmbeddings(old.of_annotations, {}, old.size))
    return sum(map(len, content.values()))


def label_embeddings(teacher: ReidTeacher, folder: Path) -> int:
    """Write the embeddings of the people of a dataset to `teacher_embeddings.npz`.

    These are the labelled boxes that are not ignored, and the detections of `teacher.json`, if it
    exists, with scores of at least MIN_EMBEDDED_SCORE that no label covers.

    Returns:
        The number of embeddings.

    Raises:
        DataError: if the dataset has neither labels nor detections, or an image cannot be read.
    """
    labelled = _labelled_boxes(folder)
    detected = _detected_boxes(folder)
    if not labelled and not detected:
        raise DataError(f'no people in {folder}: expected annotations.json or {DETECTIONS}')
    of_annotations: EmbeddingsById = {}
    of_detections = {}
    paths = sorted({*labelled, *detected})
    for path in tqdm(paths, unit='image', desc=f'embeddings of {folder.name}'):
        image = read_image(path)
        annotations = labelled.get(path, [])
        detections = detected.get(path, NO_DETECTIONS)
        for annotation_id, box, ignored in annotations:
            if not ignored:
                of_annotations[annotation_id] = teacher(image, box)
        for row in _unlabelled(detections, [box for _, box, _ in annotations]):
            of_detections[path.name, row] = teacher(image, detections[row, :4].tolist())
    write_embeddings(
        folder / EMBEDDINGS, TeacherEmbeddings(of_annotations, of_detections, teacher.size)
    )
    return len(of_annotations) + len(of_detections)


def _labelled_boxes(folder: Path) -> dict[Path, list[tuple[int, list[float], bool]]]:
    """Return annotation id, box (left, top, right, bottom) and `ignore` flag, by image path."""
    annotations = defaultdict(list)
    path = folder / 'annotations.json'
    if path.is_file():
        with reading(f'{path} does not hold COCO annotations', DataError):
            content = json.loads(path.read_text())
            files = {image['id']: folder / image['file_name'] for image in content['images']}
            for annotation in content['annotations']:
                box = xywh_to_xyxy(np.array(annotation['bbox'], np.float64)).tolist()
                annotations[files[annotation['image_id']]].append(
                    (annotation['id'], box, bool(annotation.get('ignore')))
                )
    return annotations


def _detected_boxes(folder: Path) -> dict[Path, NDArray[np.float32]]:
    """Return the detections [K, 5] by image path; an empty dict without `teacher.json`."""
    if not (folder / DETECTIONS).is_file():
        return {}
    return {folder / 'images' / name: rows for name, rows in read_detections(folder).items()}


def _unlabelled(detections: NDArray[np.float32], labels: list[list[float]]) -> list[int]:
    """Return the rows of the confident detections that no label covers."""
    labelled = np.array(labels, np.float32).reshape(-1, 4)
    coverage = coverage_matrix(detections[:, :4], labelled).max(axis=1, initial=0.0)
    new = coverage < SAME_PERSON_COVERAGE
    return np.flatnonzero(new & (detections[:, 4] >= MIN_EMBEDDED_SCORE)).tolist()
