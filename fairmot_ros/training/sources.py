"""Training pictures: labelled photographs and masked cut-outs of people."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from fairmot_ros.training.scene import Scene

PICTURES = ('.jpg', '.jpeg', '.png')
# A JPEG is decoded at a fraction of its size at a fraction of the cost.
REDUCED = {
    1: cv2.IMREAD_COLOR, 2: cv2.IMREAD_REDUCED_COLOR_2, 4: cv2.IMREAD_REDUCED_COLOR_4,
    8: cv2.IMREAD_REDUCED_COLOR_8,
}


class DataError(ValueError):
    """Training data that is missing or cannot be read; the message names the file."""


def read_image(path: Path, flags: int = cv2.IMREAD_COLOR) -> NDArray[np.uint8]:
    """Read a picture or raise DataError."""
    image = cv2.imread(str(path), flags) if path.is_file() else None
    if image is None:
        raise DataError(f'cannot read the picture {path}: it is missing or damaged')
    return image


def _no_boxes() -> NDArray[np.float32]:
    return np.zeros((0, 4), np.float32)


@dataclass(frozen=True)
class Photograph:
    """A picture on disk with its labels.

    Attributes:
        path: the file.
        boxes_xyxy: float32 [N, 4] in its pixels, or relative to its size if `normalised`.
        identities: int64 [N], see Scene.
        aspect_range: factors by which to widen the picture, for sets that were squeezed.
        class_ids: int64 [N], index into the labels, or None where all are 0.
        ignored_xyxy: float32 [M, 4], where detections are neither right nor wrong.
        normalised: see boxes_xyxy.
        clip: cut boxes off at the picture's border.
        reduce: read the picture at this fraction of its size; see REDUCED.
    """

    path: Path
    boxes_xyxy: NDArray[np.float32]
    identities: NDArray[np.int64]
    aspect_range: tuple[float, float] = (1.0, 1.0)
    class_ids: NDArray[np.int64] | None = None
    ignored_xyxy: NDArray[np.float32] = field(default_factory=_no_boxes)
    normalised: bool = False
    clip: bool = False
    reduce: int = 1

    def load(self) -> Scene:
        """Read the picture; the scene is in its pixels, or in those of the reduced one.

        Raises:
            DataError: if it is missing or damaged.
        """
        image = read_image(self.path, REDUCED[self.reduce])
        size = np.array([image.shape[1], image.shape[0]] * 2, np.float32)
        boxes = self.boxes_xyxy * (size if self.normalised else np.float32(1 / self.reduce))
        if self.clip:
            boxes = np.clip(boxes, 0, size)
        return Scene(image, boxes, self.identities, self.class_ids)


def make_photograph(path: Path, boxes: Sequence[Sequence[float]], identities: Iterable[int],
                    *, class_ids: NDArray[np.int64] | None = None,
                    ignored: Sequence[Sequence[float]] = (),
                    normalised: bool = False) -> Photograph:
    """Return a photograph from lists; see Photograph."""
    return Photograph(
        path,
        np.array(boxes, np.float32).reshape(-1, 4),
        np.array(list(identities), np.int64),
        class_ids=class_ids if class_ids is not None and class_ids.any() else None,
        ignored_xyxy=np.array(ignored, np.float32).reshape(-1, 4),
        normalised=normalised,
    )


def is_sound(box_xyxy: Sequence[float]) -> bool:
    """Whether a box has finite corners and an area."""
    left, top, right, bottom = box_xyxy
    return bool(np.isfinite(box_xyxy).all()) and right > left and bottom > top


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
