"""Networks of others as teachers: who is in a picture, and what they look like.

The teachers are in OpenVINO's format, as those of the Open Model Zoo (Apache-2.0) are:
a detector with the outputs of an SSD, such as pedestrian-detection-adas-0002, and a
re-identification network, such as person-reidentification-retail-0277.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from fairmot_ros.training.looks import LOOKS, SEEN
from fairmot_ros.training.scene import BORDER_GREY
from fairmot_ros.training.sources import PICTURES, DataError, read_image

LOWEST_SCORE = 0.1

Image = NDArray[np.uint8]


class Teacher:
    """A network that takes one BGR picture of a fixed size."""

    def __init__(self, model: Path) -> None:
        """Load the network's .xml file.

        Raises:
            DataError: if OpenVINO is not installed or the file is not there.
        """
        try:
            import openvino
        except ImportError as error:
            raise DataError('a teacher needs OpenVINO: pip install openvino') from error
        if not model.is_file():
            raise DataError(f'no network at {model}: expected an OpenVINO .xml file')
        self._network = openvino.Core().compile_model(str(model), 'CPU')
        _, _, self.height, self.width = self._network.input(0).shape

    def run(self, image_bgr: Image) -> NDArray[np.float32]:
        """Return the first output for an image [height, width, 3]."""
        output: NDArray[np.float32] = self._network(
            image_bgr.transpose(2, 0, 1)[None].astype(np.float32)
        )[0]
        return output


def detect(teacher: Teacher, image_bgr: Image) -> NDArray[np.float32]:
    """Return boxes and scores [K, 5] in pixels of an image [H, W, 3]."""
    height, width = image_bgr.shape[:2]
    scale = min(teacher.width / width, teacher.height / height)
    size = (round(width * scale), round(height * scale))
    resized = _resize(image_bgr, size)
    boxed = cv2.copyMakeBorder(
        resized,
        0,
        teacher.height - size[1],
        0,
        teacher.width - size[0],
        cv2.BORDER_CONSTANT,
        value=(BORDER_GREY,) * 3,
    )
    # Rows of the output: image, class, score, left, top, right, bottom (0..1).
    rows = teacher.run(boxed).reshape(-1, 7)
    rows = rows[rows[:, 2] >= LOWEST_SCORE]
    boxes = rows[:, 3:] * np.array([teacher.width, teacher.height] * 2, np.float32) / scale
    return np.concatenate((boxes, rows[:, 2:3]), axis=1)


def embed(teacher: Teacher, image_bgr: Image, box: list[float]) -> NDArray[np.float32]:
    """Return the embedding [T] of the person in a box: left, top, width, height."""
    height, width = image_bgr.shape[:2]
    x, y, w, h = box
    x0, x1 = sorted((min(max(int(x), 0), width - 1), min(max(round(x + w), 1), width)))
    y0, y1 = sorted((min(max(int(y), 0), height - 1), min(max(round(y + h), 1), height)))
    crop = image_bgr[y0 : max(y1, y0 + 1), x0 : max(x1, x0 + 1)]
    return teacher.run(_resize(crop, (teacher.width, teacher.height))).reshape(-1)


def teach_boxes(teacher: Teacher, folder: Path) -> int:
    """Write what a detector sees in a set's pictures beside them; returns how many boxes.

    Raises:
        DataError: if the set holds no pictures.
    """
    pictures = [p for p in sorted(folder.glob('images/*')) if p.suffix.lower() in PICTURES]
    if not pictures:
        raise DataError(f'no pictures in {folder / "images"}')
    seen = {
        picture.name: detect(teacher, read_image(picture)).round(4).tolist()
        for picture in tqdm(pictures, unit='picture', desc=f'people of {folder.name}')
    }
    (folder / SEEN).write_text(json.dumps(seen))
    return sum(map(len, seen.values()))


def teach_looks(teacher: Teacher, folder: Path) -> int:
    """Write the embeddings of a set's labelled people beside them; returns how many people.

    Raises:
        DataError: if the set has no labels.
    """
    path = folder / 'annotations.json'
    if not path.is_file():
        raise DataError(f'no labels in {folder}: expected annotations.json')
    content = json.loads(path.read_text())
    files = {image['id']: folder / image['file_name'] for image in content['images']}
    labels: dict[int, list[dict[str, Any]]] = {}
    for annotation in content['annotations']:
        if not annotation.get('ignore'):
            labels.setdefault(annotation['image_id'], []).append(annotation)
    names, embeddings = [], []
    for image_id, people in tqdm(labels.items(), unit='picture', desc=f'looks of {folder.name}'):
        image = read_image(files[image_id])
        names += [annotation['id'] for annotation in people]
        embeddings += [embed(teacher, image, annotation['bbox']) for annotation in people]
    np.savez(
        folder / LOOKS,
        annotation=np.array(names, np.int64),
        embedding=np.array(embeddings, np.float16),
    )
    return len(names)


def _resize(image: Image, size: tuple[int, int]) -> Image:
    shrinks = size[0] * size[1] < image.shape[0] * image.shape[1]
    resized: Image = cv2.resize(
        image, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    )
    return resized
