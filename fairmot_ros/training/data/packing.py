# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Packing of training datasets into one small archive, for training on another machine.

Packed datasets are COCO folders like the original ones. Images, masks and boxes are reduced to a
longest side, and teacher labels are kept. Images keep their names, so lists and patterns of names
still apply, but their content is WebP: half the size of JPEG at the same quality, and OpenCV
detects it from the content.
"""

from __future__ import annotations

import io
import tarfile
import zlib
from bisect import bisect_right
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from fairmot_ros.files.writing import replacing
from fairmot_ros.training.data.packed_dataset import PackedDataset
from fairmot_ros.training.data.packed_labels import label_files
from fairmot_ros.training.data.problems import DataError

QUALITIES = range(10, 91, 2)
SAMPLE_STEP = 20  # every n-th image is encoded to estimate the size at a quality
HEADER_BYTES = 100  # overhead per file in the compressed archive


def pack(datasets: Sequence[PackedDataset], output: Path, max_bytes: int) -> int:
    """Write the datasets to a .tar.gz file at the best image quality that fits.

    Args:
        datasets: datasets to pack.
        output: archive to write.
        max_bytes: maximum size of the archive.

    Returns:
        The WebP quality, 1 to 100.

    Raises:
        DataError: if a dataset has no images, an image cannot be read, two datasets have the same
            name, or the datasets do not fit at the lowest quality.
        WriteError: if the file cannot be written; an existing file is kept unchanged.
    """
    names = [dataset.name for dataset in datasets]
    if len(set(names)) < len(names):
        raise DataError(f'two sets have the same name, of {", ".join(names)}: rename one')
    labels = [(f'{d.name}/{name}', data) for d in datasets for name, data in label_files(d)]
    images = [(d, path) for d in datasets for path in d.image_paths()]
    image_bytes = max_bytes - sum(len(zlib.compress(data)) + HEADER_BYTES for _, data in labels)
    fitting = bisect_right(QUALITIES, image_bytes, key=lambda q: estimate_size(images, q))
    output.parent.mkdir(parents=True, exist_ok=True)
    for quality in reversed(QUALITIES[:fitting]):
        with suppress(_TooLargeError), replacing(output) as partial:
            _write(partial, labels, images, quality)
            if partial.stat().st_size > max_bytes:
                raise _TooLargeError  # the estimate was too low
            return quality
    raise DataError(
        f'the sets do not fit into {max_bytes / 1e6:g} MB at quality {QUALITIES[0]}: '
        'reduce them to a shorter side, or pack fewer'
    )


class _TooLargeError(Exception):
    """The archive is larger than allowed."""


def _write(
    path: Path,
    labels: Sequence[tuple[str, bytes]],
    images: Sequence[tuple[PackedDataset, Path]],
    quality: int,
) -> None:
    with tarfile.open(path, 'w:gz') as archive:
        for name, data in labels:
            _add(archive, name, data)
        for dataset, image in tqdm(images, unit='image', desc=f'quality {quality}'):
            data = encode(dataset.read(image), quality)
            _add(archive, f'{dataset.name}/images/{image.name}', data)


def estimate_size(images: Sequence[tuple[PackedDataset, Path]], quality: int) -> int:
    """Estimate the size in bytes of all images in the archive from every SAMPLE_STEP-th one."""
    sample = images[::SAMPLE_STEP]
    size = sum(len(encode(dataset.read(path), quality)) + HEADER_BYTES for dataset, path in sample)
    return size * len(images) // max(len(sample), 1)


def encode(image: NDArray[np.uint8], quality: int) -> bytes:
    """Encode an image as WebP of this quality, 1 to 100."""
    return cv2.imencode('.webp', image, [cv2.IMWRITE_WEBP_QUALITY, quality])[1].tobytes()


def _add(archive: tarfile.TarFile, name: str, data: bytes) -> None:
    """Add a file without time and owner, so that equal inputs give equal archives."""
    entry = tarfile.TarInfo(name)
    entry.size = len(data)
    archive.addfile(entry, io.BytesIO(data))
