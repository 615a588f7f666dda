"""Training pictures: labelled photographs and masked cut-outs of people."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from fairmot_ros.boxes import clip_boxes, coverage_matrix
from fairmot_ros.file_errors import reading
from fairmot_ros.label_errors import LabelError
from fairmot_ros.training.synthesis.scene import Scene, no_boxes

PICTURES = ('.jpg', '.jpeg', '.png')
# A JPEG is decoded at a fraction of its size at a fraction of the cost.
REDUCED = {
    1: cv2.IMREAD_COLOR,
    2: cv2.IMREAD_REDUCED_COLOR_2,
    4: cv2.IMREAD_REDUCED_COLOR_4,
    8: cv2.IMREAD_REDUCED_COLOR_8,
}
SAME_PERSON = 0.6  # share of the smaller box from which on two boxes are one person

EmbeddingsById = dict[int, NDArray[np.float32]]  # by the id of the annotation


class DataError(LabelError):
    """Training data, pictures or labels, that cannot be used; the message names the file."""


def read_image(path: Path, flags: int = cv2.IMREAD_COLOR) -> NDArray[np.uint8]:
    """Read a picture or raise DataError."""
    image = cv2.imread(str(path), flags) if path.is_file() else None
    if image is None:
        raise DataError(f'cannot read the picture {path}: it is missing or damaged')
    return image


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
        teacher_embeddings: float32 [N, T], zero where unknown; see `teacher_labels`.
        normalised: see boxes_xyxy.
        clip: cut boxes off at the picture's border.
        reduce: read the picture at this fraction of its size; see REDUCED.
        scores: float32 [N] in 0..1, see Scene; None where all are 1.
    """

    path: Path
    boxes_xyxy: NDArray[np.float32]
    identities: NDArray[np.int64]
    aspect_range: tuple[float, float] = (1.0, 1.0)
    class_ids: NDArray[np.int64] | None = None
    ignored_xyxy: NDArray[np.float32] = field(default_factory=no_boxes)
    teacher_embeddings: NDArray[np.float32] | None = None
    normalised: bool = False
    clip: bool = False
    reduce: int = 1
    scores: NDArray[np.float32] | None = None

    def load(self) -> Scene:
        """Read the picture; the scene is in its pixels, or in those of the reduced one.

        Raises:
            DataError: if it is missing or damaged.
        """
        image = read_image(self.path, REDUCED[self.reduce])
        size = np.array([image.shape[1], image.shape[0]] * 2, np.float32)
        boxes = self.boxes_xyxy * (size if self.normalised else np.float32(1 / self.reduce))
        if self.clip:
            boxes = clip_boxes(boxes, (image.shape[1], image.shape[0]))
        ignored = self.ignored_xyxy * np.float32(1 / self.reduce)
        return Scene(image, boxes, self.identities, self.class_ids, ignored, self.scores)

    def with_teacher_labels(
        self,
        detections: NDArray[np.float32],
        scores: tuple[float, float],
        embeddings: NDArray[np.float32] | None = None,
        certain_score: float = 0.0,
    ) -> Photograph:
        """Add teacher detections that no label covers: as labels, or as ignored regions.

        Args:
            detections: float32 [K, 5], box and score.
            scores: from the first one on a detection is ignored, from the second on it becomes
                a label without identity.
            embeddings: float32 [K, T] of the detections, zero where unknown. Unknown for all if
                None.
            certain_score: the score of a label is its detection's as a share of this one, 1 at
                most; 1 for all if 0.
        """
        labelled = np.concatenate((self.boxes_xyxy, self.ignored_xyxy))
        new = coverage_matrix(detections[:, :4], labelled).max(axis=1, initial=0.0) < SAME_PERSON
        new &= detections[:, 4] >= scores[0]
        certain = new & (detections[:, 4] >= scores[1])
        count = int(np.count_nonzero(certain))
        all_embeddings, classes = self.teacher_embeddings, self.class_ids
        if all_embeddings is not None:
            size = all_embeddings.shape[1]
            added = np.zeros((count, size), 'f4') if embeddings is None else embeddings[certain]
            all_embeddings = np.concatenate((all_embeddings, added))
        label_scores = self.scores
        if certain_score:
            given = np.ones(len(self.boxes_xyxy), np.float32)
            added_scores = np.minimum(detections[certain, 4] / np.float32(certain_score), 1)
            label_scores = np.concatenate((given, added_scores))
        return replace(
            self,
            scores=label_scores,
            boxes_xyxy=np.concatenate((self.boxes_xyxy, detections[certain, :4])),
            identities=np.concatenate((self.identities, np.full(count, -1))),
            class_ids=None if classes is None else np.pad(classes, (0, count)),
            teacher_embeddings=all_embeddings,
            ignored_xyxy=np.concatenate((self.ignored_xyxy, detections[new & ~certain, :4])),
        )


def make_photograph(
    path: Path,
    boxes: ArrayLike,
    identities: Iterable[int],
    *,
    class_ids: NDArray[np.int64] | None = None,
    ignored: ArrayLike = (),
    teacher_embeddings: NDArray[np.float32] | None = None,
    normalised: bool = False,
) -> Photograph:
    """Return a photograph from lists; see Photograph."""
    return Photograph(
        path,
        np.array(boxes, np.float32).reshape(-1, 4),
        np.array(list(identities), np.int64),
        class_ids=class_ids if class_ids is not None and class_ids.any() else None,
        ignored_xyxy=np.array(ignored, np.float32).reshape(-1, 4),
        teacher_embeddings=teacher_embeddings,
        normalised=normalised,
    )


@dataclass(frozen=True)
class CutOut:
    """One person without the background.

    Attributes:
        image: uint8 [H, W, 3], BGR.
        mask: uint8 [H, W], 255 on the person, who touches all four sides.
        identity: class of the person.
        teacher_embedding: float32 [T], see Photograph, or None.
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
    """Read the images of a set that have a mask, cropped to it and at most `max_height` tall.

    Args:
        folder: of the set.
        first_identity: identity of the first cut-out; the others count on.
        max_height: pixels.
        embeddings: a teacher's embeddings of the set's annotations, one of which each image has.
        selects: whether to read the image with this file name.

    Raises:
        DataError: if the set or an image is missing.
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
    for number, image_path, mask_path in chosen:
        picture = read_image(image_path)
        mask = read_image(mask_path, cv2.IMREAD_GRAYSCALE)
        x, y, w, h = cv2.boundingRect(mask)
        picture, mask = picture[y : y + h, x : x + w], mask[y : y + h, x : x + w]
        if h > max_height:
            size = (max(1, round(w * max_height / h)), max_height)
            picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
            mask = cv2.resize(mask, size, interpolation=cv2.INTER_AREA)
        identity = first_identity + len(cut_outs)
        embedding = embedding_of.get(number)
        cut_outs.append(CutOut(picture.copy(), mask.copy(), identity, embedding))
    return cut_outs
