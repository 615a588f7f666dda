# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Files of enrolled identities, which are biometric data: only `save` writes them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.files.errors import FileError, reading
from fairmot_ros.files.unpacking import check_archive
from fairmot_ros.files.writing import OWNER_ONLY, replacing
from fairmot_ros.tracker.gallery.embedding_store import as_unit
from fairmot_ros.tracker.gallery.gallery import Gallery
from fairmot_ros.tracker.gallery.identity_store import Enrolled

#: Largest size of an unpacked file: 100 000 embeddings of 2560 numbers.
MAX_BYTES = 1 << 30
#: Names of array types for messages, by `dtype.kind`.
KINDS = {'U': 'strings', 'iu': 'integers', 'f': 'floats'}


class GalleryFileError(FileError):
    """A file of enrolled identities that cannot be used; the message gives its path and why."""


def save(gallery: Gallery, path: str | Path) -> None:
    """Write the enrolled identities, and no others, to a file (.npz) that only its owner can read.

    Raises:
        WriteError: if it cannot be written; an earlier file stays as it is.
    """
    views = list(gallery.enrolled())
    with replacing(path, OWNER_ONLY) as partial, partial.open('wb') as file:
        np.savez(
            file,
            model=np.array(gallery.model),
            names=np.array([name for name, _, _ in views], np.str_),
            class_ids=np.array([class_id for _, class_id, _ in views], np.int64),
            embeddings=np.array([embedding for _, _, embedding in views], np.float32),
        )


def load(gallery: Gallery, path: str | Path) -> None:
    """Enrol all identities of a file written by `save`, without track ids.

    Raises:
        GalleryFileError: if the file cannot be read, is of another model, or its identities do
            not fit into the gallery. The gallery is then unchanged.
    """
    model, views = read(path)
    with reading(f'{path} cannot be used', GalleryFileError):
        gallery.enrol_all(views, model=model)


def read(path: str | Path) -> tuple[str, list[Enrolled]]:
    """Return the model and the views of a file written by `save`.

    Raises:
        GalleryFileError: if the file cannot be read.
    """
    with reading(f'{path} is not a file of enrolled identities', GalleryFileError):
        check_archive(path, MAX_BYTES)
        return _read(path)


def _read(path: str | Path) -> tuple[str, list[Enrolled]]:
    """Return the model and the views in a file; any exception means that it is damaged."""
    with np.load(path, allow_pickle=False) as data:
        model, names = str(data['model']), data['names']
        class_ids, embeddings = data['class_ids'], data['embeddings']
    _check(names, 'U', (len(names),), 'names')
    _check(class_ids, 'iu', (len(names),), 'class_ids')
    size = embeddings.shape[1] if embeddings.ndim == 2 else 0
    _check(embeddings, 'f', (len(names), size) if len(names) else embeddings.shape, 'embeddings')
    views = []
    for row, (name, class_id, embedding) in enumerate(
        zip(names.tolist(), class_ids.tolist(), embeddings), 1
    ):
        if not name:
            raise ValueError(f'row {row} has no name')
        try:
            views.append(Enrolled(name, class_id, as_unit(embedding)))
        except ValueError as error:
            raise ValueError(f'row {row}, {name}: {error}') from error
    return model, views


def _check(array: NDArray, kinds: str, shape: tuple[int, ...], name: str) -> None:
    if array.dtype.kind not in kinds or array.shape != shape:
        raise ValueError(
            f'{name} has type {array.dtype} and shape {list(array.shape)}; expected '
            f'{KINDS[kinds]} of shape {list(shape)}'
        )
