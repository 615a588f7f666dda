# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Reader of CrowdHuman: one JSON object per line, full-body boxes, no identities."""

from __future__ import annotations

import fnmatch
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.boxes import is_valid_box, xywh_to_xyxy
from fairmot_ros.files.errors import reading
from fairmot_ros.training.config import DatasetConfig
from fairmot_ros.training.data.labelled_image import LabelledImage, make_labelled_image
from fairmot_ros.training.data.problems import DataError, Problems

Boxes = NDArray[np.float64]

IMAGE_FOLDERS = ('Images', 'images', '.')


def read_odgt(path: Path) -> Iterator[tuple[str, Boxes, Boxes]]:
    """Yield the image name, the full-body boxes and the ignored boxes of each record.

    Boxes are [N, 4], left, top, right, bottom in pixels, and may extend beyond the image.

    Raises:
        DataError: if a line is not a CrowdHuman record.
    """
    with reading(f'{path} does not hold records of CrowdHuman', DataError):
        lines = path.read_text(encoding='utf-8-sig').splitlines()
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        with reading(f'{path}, line {number}: not a record of CrowdHuman', DataError):
            record = json.loads(line)
            people: list[list[float]] = []
            ignored: list[list[float]] = []
            for box in record['gtboxes']:
                x, y, w, h = box['fbox']
                (ignored if _is_ignored(box) else people).append([x, y, w, h])
            found = str(record['ID']), _to_xyxy(people), _to_xyxy(ignored)
        yield found


def _to_xyxy(boxes_xywh: list[list[float]]) -> Boxes:
    return xywh_to_xyxy(np.array(boxes_xywh, np.float64).reshape(-1, 4))


def _is_ignored(box: dict[str, Any]) -> bool:
    return bool(box.get('extra', {}).get('ignore')) or box.get('tag', 'person') != 'person'


def find_image(folder: Path, name: str) -> Path:
    """Return the path of a record's image; if it is missing, the path where it is expected."""
    candidates = [folder / sub / f'{name}.jpg' for sub in IMAGE_FOLDERS]
    return next((path for path in candidates if path.is_file()), candidates[0])


def find_odgt(folder: Path, labels: str) -> list[Path]:
    """Return the annotation files of a dataset.

    Raises:
        DataError: if there are none.
    """
    paths = [folder / labels] if labels else sorted(folder.glob('*.odgt'))
    if not paths or not all(path.is_file() for path in paths):
        raise DataError(f'no CrowdHuman set in {folder}: expected {labels or "*.odgt"}')
    return paths


def read_crowdhuman(
    folder: Path, dataset: DatasetConfig, problems: Problems
) -> list[LabelledImage]:
    """Read all `.odgt` files of a folder, or the one given by `dataset.labels`.

    Each box has its own identity.

    Raises:
        DataError: if the dataset is missing or a line cannot be read.
    """
    images, count = [], 0
    for path in find_odgt(folder, dataset.labels):
        for name, people, ignored in read_odgt(path):
            if not any(fnmatch.fnmatch(name, pattern) for pattern in dataset.include):
                continue
            boxes = people[is_valid_box(people)]
            if len(boxes) < len(people):
                problems.add(f'{path}: {len(people) - len(boxes)} boxes of {name} have no area')
            images.append(
                make_labelled_image(
                    find_image(folder, name),
                    boxes,
                    range(count, count + len(boxes)),
                    ignored=ignored[is_valid_box(ignored)],
                )
            )
            count += len(boxes)
    return images
