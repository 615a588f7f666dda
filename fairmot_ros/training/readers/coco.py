"""COCO annotations: boxes with or without identities."""

from __future__ import annotations

import fnmatch
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np

from fairmot_ros.training.config import SetConfig
from fairmot_ros.training.problems import Problems
from fairmot_ros.training.sources import (
    PICTURES,
    DataError,
    Photograph,
    is_sound,
    make_photograph,
)


def read_coco(folder: Path, part: SetConfig, problems: Problems) -> list[Photograph]:
    """Read `annotations.json` of a set; a folder without one holds no people.

    Boxes with the same `track_id` are one person; those without are each their own, as in the
    paper's training on single images. With several labels, a box belongs to the one of its
    category's name, and boxes of other categories are left out.

    Raises:
        DataError: if there is no such set, or the annotations are not COCO's.
    """
    path = folder / (part.labels or 'annotations.json')
    if not path.is_file():
        pictures = [p for p in sorted(folder.rglob('*')) if p.suffix.lower() in PICTURES]
        if not pictures or part.labels:
            raise DataError(f'no training set in {folder}: expected {path.name} or pictures')
        return [make_photograph(p, [], []) for p in pictures]
    try:
        content = json.loads(path.read_text())
        return list(_photographs(folder, path, content, part, problems))
    except (json.JSONDecodeError, KeyError, TypeError, UnicodeDecodeError) as error:
        raise DataError(f'{path} does not hold COCO annotations: {error!r}') from error


def _photographs(folder: Path, path: Path, content: dict[str, Any], part: SetConfig,
                 problems: Problems) -> list[Photograph]:
    names = {c['id']: c['name'] for c in content.get('categories', ())}
    rows: dict[int, list[tuple[list[float], int, int]]] = defaultdict(list)
    ignored: dict[int, list[list[float]]] = defaultdict(list)
    numbers: dict[object, int] = {}
    for annotation in content['annotations']:
        x, y, w, h = annotation['bbox']
        box, image = [x, y, x + w, y + h], annotation['image_id']
        label = part.class_of(names.get(annotation.get('category_id'), ''))
        if label is None:
            continue
        if not is_sound(box):
            problems.add(f'{path}: the box of annotation {annotation["id"]} is {w} x {h}')
        elif annotation.get('ignore'):
            ignored[image].append(box)
        else:
            person = annotation.get('track_id', ('box', annotation['id']))
            rows[image].append((box, numbers.setdefault(person, len(numbers)), label))
    return [
        make_photograph(
            folder / image['file_name'],
            [box for box, _, _ in rows[image['id']]],
            [identity for _, identity, _ in rows[image['id']]],
            class_ids=np.array([label for _, _, label in rows[image['id']]], np.int64),
            ignored=ignored[image['id']],
        )
        for image in content['images']
        if any(fnmatch.fnmatch(Path(image['file_name']).name, p) for p in part.include)
    ]
