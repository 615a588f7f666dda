# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The annotations of a COCO file, grouped by image and checked."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.boxes import is_valid_box, xywh_to_xyxy
from fairmot_ros.training.config import DatasetConfig
from fairmot_ros.training.data.problems import DataError, Problems

Box = NDArray[np.float64]


class CocoObject(NamedTuple):
    """A labelled box.

    Attributes:
        box: float64 [4], left, top, right, bottom in pixels.
        identity: identity class.
        label: index into the labels.
        annotation: id of the annotation.
    """

    box: Box
    identity: int
    label: int
    annotation: Any


class CocoObjects:
    """Annotations by image id.

    Attributes:
        ignored: ignored regions by image id, float64 [4] in pixels each.
    """

    def __init__(
        self, path: Path, content: dict[str, Any], dataset: DatasetConfig, problems: Problems
    ) -> None:
        """Group the annotations by image.

        Args:
            path: path of the file, for messages.
            content: parsed content of the file.
            dataset: options of the dataset; `names` are the classes.
            problems: receives a message for the annotations that are skipped.

        Raises:
            DataError: if the content is not an object or a bbox is malformed. Missing keys and
                values of a wrong type raise Python's own exceptions.
        """
        if not isinstance(content, dict):
            raise DataError(
                f'{path} does not hold COCO annotations: expected an object with images and '
                f'annotations, got a {type(content).__name__}'
            )
        self._path, self._problems = path, problems
        self.ignored: dict[Any, list[Box]] = defaultdict(list)
        self._objects: dict[Any, list[CocoObject]] = defaultdict(list)
        names = {c['id']: c['name'] for c in content.get('categories', ())}
        classes = {name: dataset.class_of(name, names.values()) for name in names.values()}
        class_without_category = dataset.class_of('', names.values())
        images = Counter(image['id'] for image in content['images'])
        for image, count in images.items():
            if count > 1:
                problems.add(f'{path}: {count} images have the id {image!r}')
        identities: dict[object, int] = {}
        skipped: Counter[str] = Counter()
        for annotation in content['annotations']:
            box, image = self._box(annotation), annotation['image_id']
            category = annotation.get('category_id')
            label = classes[names[category]] if category in names else class_without_category
            if image not in images:
                skipped[f'have the image_id {image!r}, which no image has'] += 1
            elif label is None:
                skipped[
                    f'are of the category {names.get(category, category)!r}, which is none of the '
                    f'labels {", ".join(dataset.names)}'
                ] += 1
            elif not is_valid_box(box):
                _, _, w, h = annotation['bbox']
                problems.add(f'{path}: the box of annotation {annotation["id"]} is {w} x {h}')
            elif annotation.get('ignore') or annotation.get('iscrowd'):
                self.ignored[image].append(box)
            else:
                key = annotation.get('track_id', ('box', annotation['id']))
                identity = identities.setdefault(key, len(identities))
                self._objects[image].append(CocoObject(box, identity, label, annotation['id']))
        for reason, count in skipped.items():
            problems.add(f'{path}: {count} annotations {reason}: skipped')

    def of_image(self, image: Any) -> list[CocoObject]:
        """Return the objects of an image, given by its id."""
        return self._objects.get(image, [])

    def _box(self, annotation: dict[str, Any]) -> Box:
        """Return the box of an annotation, left, top, right, bottom.

        Raises:
            DataError: if `bbox` is not a list of four numbers.
        """
        box = annotation['bbox']
        if not (isinstance(box, list) and len(box) == 4 and all(map(_is_number, box))):
            raise DataError(
                f'{self._path}: the bbox of annotation {annotation.get("id")!r} must hold four '
                f'numbers, left, top, width and height, got {box!r}'
            )
        return xywh_to_xyxy(np.array(box, np.float64))


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
