"""The boxes of COCO annotations by image, and a note on every one that is left out."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.boxes import is_valid_box, xywh_to_xyxy
from fairmot_ros.training.config import SetConfig
from fairmot_ros.training.data.data_problems import Problems
from fairmot_ros.training.data.sources import DataError

Box = NDArray[np.float64]


class Person(NamedTuple):
    """A labelled box: float64 [4] in pixels, identity, class and id of the annotation."""

    box: Box
    identity: int
    label: int
    annotation: Any


class People:
    """What the annotations of a set say.

    Attributes:
        ignored: boxes of ignored regions, float64 [4] in pixels, by image id.
    """

    def __init__(
        self, path: Path, content: dict[str, Any], part: SetConfig, problems: Problems
    ) -> None:
        """Sort the annotations by image.

        Args:
            path: of the file, for messages.
            content: the file's.
            part: says which classes there are.
            problems: where annotations that are left out are noted.

        Raises:
            DataError: if the content is not COCO's. A key that is missing, or a value of another
                type, raises what Python raises.
        """
        if not isinstance(content, dict):
            raise DataError(
                f'{path} does not hold COCO annotations: expected an object with images and '
                f'annotations, got a {type(content).__name__}'
            )
        self._path, self._problems = path, problems
        self.ignored: dict[Any, list[Box]] = defaultdict(list)
        self._people: dict[Any, list[Person]] = defaultdict(list)
        names = {c['id']: c['name'] for c in content.get('categories', ())}
        classes = {name: part.class_of(name, names.values()) for name in names.values()}
        unnamed = part.class_of('', names.values())  # of annotations without a category
        images = Counter(image['id'] for image in content['images'])
        for image, count in images.items():
            if count > 1:
                problems.add(f'{path}: {count} images have the id {image!r}')
        numbers: dict[object, int] = {}
        lost: Counter[str] = Counter()
        for annotation in content['annotations']:
            box, image = self._box(annotation), annotation['image_id']
            category = annotation.get('category_id')
            label = classes[names[category]] if category in names else unnamed
            if image not in images:
                lost[f'have the image_id {image!r}, which no image has'] += 1
            elif label is None:
                lost[
                    f'are of the category {names.get(category, category)!r}, which is none of the '
                    f'labels {", ".join(part.names)}'
                ] += 1
            elif not is_valid_box(box):
                _, _, w, h = annotation['bbox']
                problems.add(f'{path}: the box of annotation {annotation["id"]} is {w} x {h}')
            elif annotation.get('ignore') or annotation.get('iscrowd'):
                self.ignored[image].append(box)
            else:
                person = annotation.get('track_id', ('box', annotation['id']))
                number = numbers.setdefault(person, len(numbers))
                self._people[image].append(Person(box, number, label, annotation['id']))
        for reason, count in lost.items():
            problems.add(f'{path}: {count} annotations {reason}: left out')

    def of_image(self, image: Any) -> list[Person]:
        """Return the people in an image, by its id."""
        return self._people.get(image, [])

    def _box(self, annotation: dict[str, Any]) -> Box:
        """Return the box of an annotation, left, top, right, bottom."""
        box = annotation['bbox']
        if not (isinstance(box, list) and len(box) == 4 and all(map(_is_number, box))):
            raise DataError(
                f'{self._path}: the bbox of annotation {annotation.get("id")!r} must hold four '
                f'numbers, left, top, width and height, got {box!r}'
            )
        return xywh_to_xyxy(np.array(box, np.float64))


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
