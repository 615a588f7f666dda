"""COCO annotations: boxes with or without identities."""

from __future__ import annotations

import fnmatch
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np

from fairmot_ros.training.config import SetConfig
from fairmot_ros.training.looks import looks_of, read_looks, read_seen
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
    seen = read_seen(folder) if part.teacher else {}
    try:
        content = json.loads(path.read_text())
        photographs = _photographs(folder, path, content, part, problems)
        return [p.taught(seen[p.path.name]) if p.path.name in seen else p for p in photographs]
    except (json.JSONDecodeError, KeyError, TypeError, UnicodeDecodeError) as error:
        raise DataError(f'{path} does not hold COCO annotations: {error!r}') from error


def _photographs(
    folder: Path, path: Path, content: dict[str, Any], part: SetConfig, problems: Problems
) -> list[Photograph]:
    names = {c['id']: c['name'] for c in content.get('categories', ())}
    looks = read_looks(folder) if part.looks else None
    rows: dict[int, list[tuple[list[float], int, int, int]]] = defaultdict(list)
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
            number = numbers.setdefault(person, len(numbers))
            rows[image].append((box, number, label, annotation['id']))
    return [
        make_photograph(
            folder / image['file_name'],
            [box for box, *_ in rows[image['id']]],
            [identity for _, identity, *_ in rows[image['id']]],
            class_ids=np.array([label for *_, label, _ in rows[image['id']]], np.int64),
            ignored=ignored[image['id']],
            looks=looks_of([name for *_, name in rows[image['id']]], looks) if looks else None,
        )
        for image in content['images']
        if any(fnmatch.fnmatch(Path(image['file_name']).name, p) for p in part.include)
    ]
