# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Masked cut-outs of people, to be pasted into training samples."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from fairmot_ros.files.errors import reading
from fairmot_ros.training.data.image_files import read_image
from fairmot_ros.training.data.problems import DataError
from fairmot_ros.training.data.teacher_labels import EmbeddingsById


@dataclass(frozen=True)
class CutOut:
    """A person without the background.

    Attributes:
        image: uint8 [H, W, 3], BGR.
        mask: uint8 [H, W], 255 on the person; cropped to it on all four sides.
        identity: class of the person.
        teacher_embedding: float32 [T], or None without a teacher.
    """

    image: NDArray[np.uint8]
    mask: NDArray[np.uint8]
    identity: int
    teacher_embedding: NDArray[np.float32] | None = None


def read_cut_outs(
    folder: Path,
    first_identity: int,
    max_height: int,
    embeddings: EmbeddingsById | None = None,
    selects: Callable[[str], bool] = lambda name: True,
) -> list[CutOut]:
    """Read the images of a dataset that have a mask, cropped to the mask.

    Args:
        folder: folder of the dataset.
        first_identity: identity of the first cut-out; the others are numbered consecutively.
        max_height: height in pixels to which taller cut-outs are reduced.
        embeddings: teacher embeddings by annotation id; an image has one annotation.
        selects: whether to read the image with this file name.

    Raises:
        DataError: if the dataset or an image is missing.
    """
    path = folder / 'annotations.json'
    if not path.is_file():
        raise DataError(f'no cut-outs in {folder}: expected annotations.json with masks')
    with reading(f'{path} does not hold cut-outs', DataError):
        content = json.loads(path.read_text())
        embedding_of = {
            a['image_id']: embeddings.get(a['id'])
            for a in content['annotations']
            if embeddings is not None
        }
        chosen = [
            (image['id'], folder / image['file_name'], folder / image['mask'])
            for image in content['images']
            if image.get('mask_ok', 1) and selects(Path(image['file_name']).name)
        ]
    cut_outs: list[CutOut] = []
    for image_id, image_path, mask_path in chosen:
        image = read_image(image_path)
        mask = read_image(mask_path, cv2.IMREAD_GRAYSCALE)
        x, y, w, h = cv2.boundingRect(mask)
        image, mask = image[y : y + h, x : x + w], mask[y : y + h, x : x + w]
        if h > max_height:
            size = (max(1, round(w * max_height / h)), max_height)
            image = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
            mask = cv2.resize(mask, size, interpolation=cv2.INTER_AREA)
        identity = first_identity + len(cut_outs)
        embedding = embedding_of.get(image_id)
        cut_outs.append(CutOut(image.copy(), mask.copy(), identity, embedding))
    return cut_outs
