"""Files of enrolled identities. They hold biometric data, so nothing is written unasked."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from fairmot_ros.file_errors import FileError, reading
from fairmot_ros.tracker.gallery import Gallery
from fairmot_ros.tracker.gallery_store import Unit, as_unit


class GalleryFileError(FileError):
    """A file of enrolled identities that cannot be used; the message names it."""


def save(gallery: Gallery, path: str | Path) -> None:
    """Write the enrolled identities, and no others, to a file (.npz)."""
    people = list(gallery.enrolled())
    with Path(path).open('wb') as file:
        np.savez(
            file,
            model=np.array(gallery.model),
            names=np.array([name for name, _, _ in people], np.str_),
            class_ids=np.array([class_id for _, class_id, _ in people], np.int64),
            embeddings=np.array([embedding for _, _, embedding in people], np.float32),
        )


def load(gallery: Gallery, path: str | Path) -> None:
    """Enrol the identities of a file that `save` wrote, without track ids.

    Raises:
        GalleryFileError: if the file cannot be read, is of another model, or holds more people
            than the gallery has room for.
    """
    with reading(f'{path} is not a file of enrolled people', GalleryFileError):
        model, people = _read(path)
    with reading(f'{path} cannot be used', GalleryFileError):
        for name, class_id, embedding in people:
            gallery.enrol(name, embedding, class_id=class_id, model=model)


def _read(path: str | Path) -> tuple[str, list[tuple[str, int, Unit]]]:
    """Return the model, and name, class and embedding of each view; all of it is sound."""
    with np.load(path, allow_pickle=False) as data:
        model, names = data['model'], data['names']
        class_ids, embeddings = data['class_ids'], data['embeddings']
    kinds = ''.join(array.dtype.kind for array in (model, names, class_ids, embeddings))
    lengths = {len(array) for array in (names, class_ids, embeddings)}
    if kinds != 'UUif' or model.ndim or names.ndim != 1 or class_ids.ndim != 1 or len(lengths) > 1:
        raise ValueError('it must hold as many names and classes as embeddings')
    if not names.all():
        raise ValueError('a name is empty')
    return str(model), list(zip(names.tolist(), class_ids.tolist(), map(as_unit, embeddings)))
