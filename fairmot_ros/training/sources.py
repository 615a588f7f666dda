"""Where training pictures come from: labelled photographs and masked cut-outs of people."""

from __future__ import annotations

import fnmatch
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from fairmot_ros.training.scene import Scene

PICTURES = ('.jpg', '.jpeg', '.png')


class DataError(ValueError):
    """Training data that is missing or cannot be read; the message names the file."""


def read_image(path: Path, flags: int = cv2.IMREAD_COLOR) -> NDArray[np.uint8]:
    """Read a picture or raise DataError."""
    image = cv2.imread(str(path), flags)
    if image is None:
        raise DataError(f'cannot read the picture {path}: it is missing or damaged')
    return image


@dataclass(frozen=True)
class Photograph:
    """A picture on disk with its labels.

    Attributes:
        path: the file.
        boxes_xyxy: float32 [N, 4] in its pixels.
        identities: int64 [N], see Scene.
        aspect_range: factors by which to widen the picture, for sets that were squeezed.
    """

    path: Path
    boxes_xyxy: NDArray[np.float32]
    identities: NDArray[np.int64]
    aspect_range: tuple[float, float] = (1.0, 1.0)

    def load(self) -> Scene:
        """Read the picture."""
        return Scene(read_image(self.path), self.boxes_xyxy.copy(), self.identities)


def read_coco(
    folder: Path,
    first_identity: int,
    *,
    include: Iterable[str] = ('*',),
    aspect_range: tuple[float, float] = (1.0, 1.0),
) -> list[Photograph]:
    """Read `annotations.json` (COCO boxes) of a set; a folder without one holds no people.

    Args:
        folder: the set; `file_name` in the annotations is relative to it.
        first_identity: identities count from here; boxes without a `track_id` are each
            their own identity, as in the paper's training on single images.
        include: patterns of file names to take.
        aspect_range: see Photograph.

    Raises:
        DataError: if there is no such set.
    """
    path = folder / 'annotations.json'
    if not path.is_file():
        pictures = [p for p in sorted(folder.rglob('*')) if p.suffix.lower() in PICTURES]
        if not pictures:
            raise DataError(f'no training set in {folder}: expected annotations.json or pictures')
        none = (np.zeros((0, 4), np.float32), np.zeros(0, np.int64))
        return [Photograph(p, *none, aspect_range) for p in pictures]
    content = json.loads(path.read_text())
    boxes: dict[int, list[list[float]]] = {image['id']: [] for image in content['images']}
    identities: dict[int, list[int]] = {image['id']: [] for image in content['images']}
    numbers: dict[object, int] = {}
    for annotation in content['annotations']:
        if annotation.get('ignore'):
            continue
        x, y, w, h = annotation['bbox']
        person = annotation.get('track_id', ('box', annotation['id']))
        number = numbers.setdefault(person, first_identity + len(numbers))
        boxes[annotation['image_id']].append([x, y, x + w, y + h])
        identities[annotation['image_id']].append(number)
    patterns = tuple(include)
    return [
        Photograph(
            folder / image['file_name'],
            np.array(boxes[image['id']], np.float32).reshape(-1, 4),
            np.array(identities[image['id']], np.int64),
            aspect_range,
        )
        for image in content['images']
        if any(fnmatch.fnmatch(Path(image['file_name']).name, p) for p in patterns)
    ]


@dataclass(frozen=True)
class CutOut:
    """One person without the background.

    Attributes:
        image: uint8 [H, W, 3], BGR.
        mask: uint8 [H, W], 255 on the person, who touches all four sides.
        identity: class of the person.
    """

    image: NDArray[np.uint8]
    mask: NDArray[np.uint8]
    identity: int


def read_cut_outs(folder: Path, first_identity: int, max_height: int) -> list[CutOut]:
    """Read every picture of a set that has a mask, cropped to it and at most `max_height` tall.

    Raises:
        DataError: if the set or a picture is missing.
    """
    path = folder / 'annotations.json'
    if not path.is_file():
        raise DataError(f'no cut-outs in {folder}: expected annotations.json with masks')
    cut_outs: list[CutOut] = []
    for image in json.loads(path.read_text())['images']:
        if not image.get('mask_ok', 1):
            continue
        picture = read_image(folder / image['file_name'])
        mask = read_image(folder / image['mask'], cv2.IMREAD_GRAYSCALE)
        x, y, w, h = cv2.boundingRect(mask)
        picture, mask = picture[y : y + h, x : x + w], mask[y : y + h, x : x + w]
        if h > max_height:
            size = (max(1, round(w * max_height / h)), max_height)
            picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
            mask = cv2.resize(mask, size, interpolation=cv2.INTER_AREA)
        cut_outs.append(CutOut(picture.copy(), mask.copy(), first_identity + len(cut_outs)))
    return cut_outs
