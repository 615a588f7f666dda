"""Packing of training sets into one small file, for machines that receive only that.

The packed sets are COCO folders like the original ones: images, masks and boxes are reduced to a
longest side, and teacher labels are kept. Images keep their names, so that lists and patterns of
names still apply, but their content is WebP, which needs half the bytes of JPEG at the same
quality and which OpenCV recognises by itself.
"""

from __future__ import annotations

import fnmatch
import io
import json
import tarfile
import zlib
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from fairmot_ros.file_errors import reading
from fairmot_ros.training.data.sources import DataError, read_image
from fairmot_ros.training.data.teacher_labels import (
    DETECTIONS,
    EMBEDDINGS,
    TeacherEmbeddings,
    read_embeddings,
    write_embeddings,
)
from fairmot_ros.training.distillation.teachers.labelling import find_images
from fairmot_ros.written_files import replacing

QUALITIES = range(10, 91, 2)
SAMPLE_STEP = 20  # every so many images are encoded to choose the quality
MIN_SCORE = 0.05  # teacher detections of lower scores are left out: training ignores them
GREY = cv2.IMREAD_GRAYSCALE
HEADER = 100  # bytes of a file in the archive besides its content, compressed

Sizes = dict[str, tuple[int, int]]  # (width, height) of the original images by file name


@dataclass(frozen=True)
class PackedSet:
    """A set to pack.

    Attributes:
        folder: holds `images/` and, where there are, `annotations.json`, `masks/` and teacher
            labels.
        longest_side: pixels to which larger images are reduced; 0 to keep them.
        leave_out: patterns of file names.
    """

    folder: Path
    longest_side: int = 0
    leave_out: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Name of the folder, also of one given as a dot."""
        return self.folder.resolve().name

    def image_paths(self) -> list[Path]:
        """Return the images to pack.

        Raises:
            DataError: if the set holds no images.
        """
        return [path for path in find_images(self.folder) if self.takes(path.name)]

    def takes(self, name: str) -> bool:
        """Whether the image with this file name is packed."""
        return not any(fnmatch.fnmatch(name, pattern) for pattern in self.leave_out)

    def scale(self, width: float, height: float) -> float:
        """Return the factor by which an image of this size is reduced, at most 1."""
        return min(1.0, self.longest_side / max(width, height)) if self.longest_side else 1.0

    def read(self, path: Path, flags: int = cv2.IMREAD_COLOR) -> NDArray[np.uint8]:
        """Read an image or mask and reduce it.

        Raises:
            DataError: if it is missing or damaged.
        """
        image = read_image(path, flags)
        height, width = image.shape[:2]
        scale = self.scale(width, height)
        if scale == 1:
            return image
        reduced: NDArray[np.uint8] = cv2.resize(
            image, reduced_size(width, height, scale), interpolation=cv2.INTER_AREA
        )
        return reduced


def pack(sets: Sequence[PackedSet], output: Path, max_bytes: int) -> int:
    """Write the sets to a .tar.gz file, with the best image quality that fits.

    Returns:
        The quality, 1 to 100.

    Raises:
        DataError: if a set has no images, one cannot be read, two sets have the same name, or the
            sets do not fit.
        WriteError: if the file cannot be written; an earlier one stays as it is.
    """
    names = [packed.name for packed in sets]
    if len(set(names)) < len(names):
        raise DataError(f'two sets have the same name, of {", ".join(names)}: rename one')
    labels = [(f'{s.name}/{name}', data) for s in sets for name, data in label_files(s)]
    images = [(s, path) for s in sets for path in s.image_paths()]
    budget = max_bytes - sum(len(zlib.compress(data)) + HEADER for _, data in labels)
    fitting = bisect_right(QUALITIES, budget, key=lambda q: estimate_size(images, q))
    output.parent.mkdir(parents=True, exist_ok=True)
    for quality in reversed(QUALITIES[:fitting]):
        with suppress(_TooLargeError), replacing(output) as partial:
            _write(partial, labels, images, quality)
            if partial.stat().st_size > max_bytes:
                raise _TooLargeError  # the sample was not typical
            return quality
    raise DataError(
        f'the sets do not fit into {max_bytes / 1e6:g} MB at quality {QUALITIES[0]}: '
        'reduce them to a shorter side, or pack fewer'
    )


class _TooLargeError(Exception):
    """An archive that does not fit."""


def _write(
    path: Path,
    labels: Sequence[tuple[str, bytes]],
    images: Sequence[tuple[PackedSet, Path]],
    quality: int,
) -> None:
    with tarfile.open(path, 'w:gz') as archive:
        for name, data in labels:
            _add(archive, name, data)
        for packed, image in tqdm(images, unit='image', desc=f'quality {quality}'):
            data = encode(packed.read(image), quality)
            _add(archive, f'{packed.name}/images/{image.name}', data)


def estimate_size(images: Sequence[tuple[PackedSet, Path]], quality: int) -> int:
    """Return the expected size of all images in the archive, in bytes, from a sample."""
    sample = images[::SAMPLE_STEP]
    size = sum(len(encode(packed.read(path), quality)) + HEADER for packed, path in sample)
    return size * len(images) // max(len(sample), 1)


def encode(image: NDArray[np.uint8], quality: int) -> bytes:
    """Return an image as WebP of this quality, 1 to 100."""
    return cv2.imencode('.webp', image, [cv2.IMWRITE_WEBP_QUALITY, quality])[1].tobytes()


def encode_mask(mask: NDArray[np.uint8]) -> bytes:
    """Return a mask [H, W], 0 or 255, as a PNG of one bit per pixel."""
    return cv2.imencode('.png', mask & 128, [cv2.IMWRITE_PNG_BILEVEL, 1])[1].tobytes()


def label_files(packed: PackedSet) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of a set's labels, masks and teacher labels, where there are."""
    folder = packed.folder
    sizes = {path.name: read_image(path).shape[1::-1] for path in packed.image_paths()}
    annotations: set[int] = set()
    if (folder / 'annotations.json').is_file():
        with reading(f'{folder / "annotations.json"} does not hold COCO annotations', DataError):
            content = reduce_annotations(
                json.loads((folder / 'annotations.json').read_text()), packed, sizes
            )
            annotations = {annotation['id'] for annotation in content['annotations']}
        yield 'annotations.json', _to_json(content)
        for image in content['images']:
            if 'mask' in image:
                yield image['mask'], encode_mask(packed.read(folder / image['mask'], GREY))
    if (folder / DETECTIONS).is_file():
        with reading(f'{folder / DETECTIONS} does not hold teacher detections', DataError):
            detections = json.loads((folder / DETECTIONS).read_text())
            reduced = _to_json(reduce_detections(detections, packed, sizes))
        yield DETECTIONS, reduced
    if (folder / EMBEDDINGS).is_file():
        old = read_embeddings(folder)
        kept = TeacherEmbeddings(
            {name: e for name, e in old.of_annotations.items() if name in annotations},
            {key: e for key, e in old.of_detections.items() if packed.takes(key[0])},
            old.size,
        )
        file = io.BytesIO()
        write_embeddings(file, kept)
        yield EMBEDDINGS, file.getvalue()


def reduce_annotations(content: dict[str, Any], packed: PackedSet, sizes: Sizes) -> dict[str, Any]:
    """Return COCO annotations of the packed images, in pixels of the reduced ones."""
    images, annotations = [], []
    scales = {}
    for image in content['images']:
        size = sizes.get(Path(image['file_name']).name)
        if size is not None:
            scale = packed.scale(*size)
            width, height = reduced_size(*size, scale)
            images.append({**image, 'width': width, 'height': height})
            scales[image['id']] = scale
    for annotation in content['annotations']:
        if annotation['image_id'] in scales:
            scale = scales[annotation['image_id']]
            reduced = {**annotation, 'bbox': _scaled(annotation['bbox'], scale)}
            if 'area' in annotation:
                reduced['area'] = round(annotation['area'] * scale**2, 1)
            annotations.append(reduced)
    return {**content, 'images': images, 'annotations': annotations}


def reduce_detections(
    detections: dict[str, list[list[float]]], packed: PackedSet, sizes: Sizes
) -> dict[str, list[list[float]]]:
    """Return teacher detections of the packed images, in pixels of the reduced ones.

    Rows, which are in falling order of score, end at `MIN_SCORE`.
    """
    reduced = {}
    for name, size in sizes.items():
        scale = packed.scale(*size)
        rows = [row for row in detections.get(name, []) if row[4] >= MIN_SCORE]
        reduced[name] = [[*_scaled(row[:4], scale), row[4]] for row in rows]
    return reduced


def reduced_size(width: int, height: int, scale: float) -> tuple[int, int]:
    """Return (width, height) of a reduced image, at least one pixel each."""
    return max(1, round(width * scale)), max(1, round(height * scale))


def _scaled(numbers: Sequence[float], scale: float) -> list[float]:
    return [round(number * scale, 2) for number in numbers]


def _to_json(content: object) -> bytes:
    return json.dumps(content, separators=(',', ':')).encode()


def _add(archive: tarfile.TarFile, name: str, data: bytes) -> None:
    """Add a file; equal inputs give equal archives."""
    entry = tarfile.TarInfo(name)
    entry.size = len(data)
    archive.addfile(entry, io.BytesIO(data))
