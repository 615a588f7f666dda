"""Files of enrolled identities. They hold biometric data, so nothing is written unasked."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from fairmot_ros.tracker.gallery import Gallery


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
        ValueError: if the file cannot be read, or is of another model.
    """
    try:
        with np.load(path, allow_pickle=False) as data:
            model, names = str(data['model']), data['names'].tolist()
            class_ids, embeddings = data['class_ids'].tolist(), data['embeddings']
    except (OSError, KeyError, ValueError) as error:
        raise ValueError(f'{path} is not a file of enrolled people: {error}') from error
    for name, class_id, embedding in zip(names, class_ids, embeddings):
        gallery.enrol(name, embedding, class_id=class_id, model=model)
