# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Label files of training datasets, and the files of teachers."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from fairmot_ros.training.config import DatasetConfig
from fairmot_ros.training.data.problems import DataError, Problems
from fairmot_ros.training.data.readers import read_dataset
from fairmot_ros.training.data.teacher_labels import (
    DETECTIONS,
    EMBEDDINGS,
    TeacherEmbeddings,
    read_detections,
    read_embeddings,
    write_embeddings,
)
from fuzz.arrays import altered_archives
from fuzz.label_files import plain
from fuzz.mutations import altered, damaged
from fuzz.target import Target, file_target

COCO = {
    'categories': [{'id': 1, 'name': 'person'}],
    'images': [{'id': 1, 'file_name': '000001.jpg'}],
    'annotations': [
        {'id': i, 'image_id': 1, 'category_id': 1, 'bbox': [i, 0, 5, 5], 'track_id': 7}
        for i in range(3)
    ],
}
ODGT = {
    'ID': '000001',
    'gtboxes': [{'tag': 'person', 'fbox': [1, 2, 3, 4], 'extra': {'ignore': 0}}],
}
TEACHER = {'000001.jpg': [[1, 2, 3, 4, 0.5], [2, 2, 3, 4, 0.5]]}
JDE = '0 1 0.5 0.5 0.1 0.2\n0 -1 0.25 0.5 0.1 0.2\n'


@cache
def small_image() -> bytes:
    """Return a small JPEG file."""
    return cv2.imencode('.jpg', np.full((16, 16, 3), 90, np.uint8))[1].tobytes()


def as_json(value: Any) -> bytes:
    """Return a value as JSON, with NaN and Infinity as Python writes them."""
    return json.dumps(value).encode()


def coco() -> SearchStrategy[bytes]:
    """Return the strategy for `annotations.json`."""
    return st.one_of(damaged(as_json(COCO)), altered(COCO).map(as_json))


def odgt() -> SearchStrategy[bytes]:
    """Return the strategy for CrowdHuman's records, one per line."""
    records = st.lists(altered(ODGT).map(as_json), max_size=3).map(b'\n'.join)
    return st.one_of(damaged(as_json(ODGT) + b'\n' + as_json(ODGT)), records)


def jde() -> SearchStrategy[bytes]:
    """Return the strategy for a label file of the JDE layout."""
    return st.one_of(damaged(JDE.encode()), plain())


def detections() -> SearchStrategy[bytes]:
    """Return the strategy for a teacher's detections."""
    return st.one_of(damaged(as_json(TEACHER)), altered(TEACHER).map(as_json))


def embeddings() -> SearchStrategy[bytes]:
    """Return the strategy for a teacher's embeddings."""
    vectors = np.ones((3, 4), np.float32)
    valid = TeacherEmbeddings(
        dict(enumerate(vectors)), {('000001.jpg', 0): vectors[0]}, vectors.shape[1]
    )
    file = io.BytesIO()
    write_embeddings(file, valid)
    return st.one_of(damaged(file.getvalue()), altered_archives(file.getvalue()))


def read_labels(kind: str, teacher: bool, content: bytes, folder: Path) -> None:
    """Read a dataset whose label file has the given content, and load its images."""
    for name in LAYOUTS[kind]:
        path = folder / kind / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(small_image())
    target = folder / kind / LABELS[kind]
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    if teacher:
        (folder / kind / DETECTIONS).write_bytes(as_json(TEACHER))
    dataset = DatasetConfig(kind, kind, teacher=teacher)
    for image in read_dataset(folder, dataset, Problems()):
        boxes = image.boxes_xyxy
        assert boxes.dtype == np.float32 and boxes.shape == (len(boxes), 4)
        assert np.isfinite(boxes).all() and np.isfinite(image.ignored_xyxy).all()
        assert image.identities.shape == (len(boxes),)
        assert image.identities.dtype == np.int64
        image.load()


LAYOUTS = {
    'coco': ('000001.jpg',),
    'crowdhuman': ('Images/000001.jpg',),
    'jde': ('images/000001.jpg',),
    'mot': ('s/img1/000001.jpg', 's/img1/000002.jpg'),
}
LABELS = {
    'coco': 'annotations.json',
    'crowdhuman': 'train.odgt',
    'jde': 'labels_with_ids/000001.txt',
    'mot': 's/gt/gt.txt',
}


def _labels(
    name: str, kind: str, inputs: Callable[[], SearchStrategy[bytes]], teacher: bool = False
) -> Target:
    return Target(name, DataError, inputs, partial(read_labels, kind, teacher), kind)


def check_detections(path: Path) -> None:
    """Read teacher detections; boxes and scores must be finite."""
    for rows in read_detections(path.parent).values():
        assert rows.ndim == 2 and rows.shape[1] == 5 and np.isfinite(rows).all()


def check_embeddings(path: Path) -> None:
    """Read teacher embeddings and query some of them."""
    found = read_embeddings(path.parent)
    assert found.of_people([0, 1, 77]).shape == (3, found.size)
    assert found.of_image('000001.jpg', 2).shape == (2, found.size)


TARGETS = (
    _labels('COCO', 'coco', coco),
    _labels('COCO with teacher labels', 'coco', coco, teacher=True),
    _labels('odgt', 'crowdhuman', odgt),
    _labels('label file of JDE', 'jde', jde),
    _labels('MOT sequence', 'mot', plain),
    file_target('teacher detections', DataError, detections, check_detections, DETECTIONS),
    file_target('teacher embeddings', DataError, embeddings, check_embeddings, EMBEDDINGS),
)
