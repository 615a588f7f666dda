# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Labels, masks and teacher labels of a packed dataset, scaled to the reduced images."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from fairmot_ros.files.errors import reading
from fairmot_ros.training.data.image_files import read_image
from fairmot_ros.training.data.packed_dataset import PackedDataset, reduced_size
from fairmot_ros.training.data.problems import DataError
from fairmot_ros.training.data.teacher_labels import (
    DETECTIONS,
    EMBEDDINGS,
    TeacherEmbeddings,
    read_embeddings,
    write_embeddings,
)

MIN_SCORE = 0.05  # teacher detections with lower scores are dropped: training ignores them

Sizes = dict[str, tuple[int, int]]  # (width, height) of the original images by file name


def label_files(dataset: PackedDataset) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of the annotations, masks and teacher labels that exist.

    Raises:
        DataError: if a file cannot be read.
    """
    folder = dataset.folder
    sizes = {path.name: read_image(path).shape[1::-1] for path in dataset.image_paths()}
    annotation_ids: set[int] = set()
    if (folder / 'annotations.json').is_file():
        with reading(f'{folder / "annotations.json"} does not hold COCO annotations', DataError):
            content = reduce_annotations(
                json.loads((folder / 'annotations.json').read_text()), dataset, sizes
            )
            annotation_ids = {annotation['id'] for annotation in content['annotations']}
        yield 'annotations.json', _to_json(content)
        for image in content['images']:
            if 'mask' in image:
                mask = dataset.read(folder / image['mask'], cv2.IMREAD_GRAYSCALE)
                yield image['mask'], encode_mask(mask)
    if (folder / DETECTIONS).is_file():
        with reading(f'{folder / DETECTIONS} does not hold teacher detections', DataError):
            detections = json.loads((folder / DETECTIONS).read_text())
            reduced = _to_json(reduce_detections(detections, dataset, sizes))
        yield DETECTIONS, reduced
    if (folder / EMBEDDINGS).is_file():
        embeddings = read_embeddings(folder)
        kept = TeacherEmbeddings(
            {i: e for i, e in embeddings.of_annotations.items() if i in annotation_ids},
            {key: e for key, e in embeddings.of_detections.items() if dataset.includes(key[0])},
            embeddings.size,
        )
        file = io.BytesIO()
        write_embeddings(file, kept)
        yield EMBEDDINGS, file.getvalue()


def encode_mask(mask: NDArray[np.uint8]) -> bytes:
    """Encode a mask [H, W], 0 or 255, as a PNG with one bit per pixel."""
    return cv2.imencode('.png', mask & 128, [cv2.IMWRITE_PNG_BILEVEL, 1])[1].tobytes()


def reduce_annotations(
    content: dict[str, Any], dataset: PackedDataset, sizes: Sizes
) -> dict[str, Any]:
    """Return the COCO annotations of the packed images, scaled to the reduced images."""
    images, annotations = [], []
    scales = {}
    for image in content['images']:
        size = sizes.get(Path(image['file_name']).name)
        if size is not None:
            scale = dataset.scale(*size)
            width, height = reduced_size(*size, scale)
            images.append({**image, 'width': width, 'height': height})
            scales[image['id']] = scale
    for annotation in content['annotations']:
        if annotation['image_id'] in scales:
            scale = scales[annotation['image_id']]
            reduced = {**annotation, 'bbox': _scaled(annotation['bbox'], scale)}
            if 'area' in annotation:
                reduced['area'] = round(annotation['area'] * scale**2, 1)
            annotations.append(reduced)
    return {**content, 'images': images, 'annotations': annotations}


def reduce_detections(
    detections: dict[str, list[list[float]]], dataset: PackedDataset, sizes: Sizes
) -> dict[str, list[list[float]]]:
    """Return the teacher detections of the packed images, scaled to the reduced images.

    Detections with scores below MIN_SCORE are dropped.
    """
    reduced = {}
    for name, size in sizes.items():
        scale = dataset.scale(*size)
        rows = [row for row in detections.get(name, []) if row[4] >= MIN_SCORE]
        reduced[name] = [[*_scaled(row[:4], scale), row[4]] for row in rows]
    return reduced


def _scaled(values: Sequence[float], scale: float) -> list[float]:
    return [round(value * scale, 2) for value in values]


def _to_json(content: object) -> bytes:
    return json.dumps(content, separators=(',', ':')).encode()
