# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Exchange of enrolled identities with the gallery of a tracker, through its files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from fairmot_ros.identities.resolver import IdentityResolver
from fairmot_ros.tracker.gallery import Gallery, GalleryConfig, gallery_file

LABELS = ('person',)


def import_gallery(
    resolver: IdentityResolver, path: str | Path, labels: Sequence[str] = LABELS
) -> int:
    """Enrol all identities of a file that `gallery_file.save` wrote.

    Args:
        resolver: gets the names and embeddings; those of a known name are added.
        path: of the file.
        labels: names of the classes, by their number in the file.

    Returns:
        Number of names.

    Raises:
        GalleryFileError: if the file cannot be read.
        ValueError: if a class has no label, or the embeddings have another size than those of the
            same model; nothing is enrolled then.
    """
    model, views = gallery_file.read(path)
    for view in views:
        if not 0 <= view.class_id < len(labels):
            raise ValueError(
                f'{path}: {view.name} has class {view.class_id}; expected one below '
                f'{len(labels)}: give the labels of its model'
            )
    resolver.check_sizes([view.embedding for view in views], model)
    for name, class_id, embedding in views:
        resolver.enrol(name, embeddings=embedding, model=model, class_id=labels[class_id])
    return len({view.name for view in views})


def export_gallery(
    resolver: IdentityResolver, path: str | Path, model: str, labels: Sequence[str] = LABELS
) -> int:
    """Write all identities with a name to a file that `gallery_file.load` reads.

    Args:
        resolver: whose identities are written.
        path: of the file, which only its owner can read.
        model: whose embeddings are written; identities without any are left out.
        labels: names of the classes, by number.

    Returns:
        Number of names.

    Raises:
        WriteError: if the file cannot be written.
        ValueError: if a class is not in the labels.
    """
    gallery = Gallery(GalleryConfig(size=100_000), model)
    for known in resolver.identities():
        embeddings = resolver.embeddings(known.global_id).get(model) if known.name else None
        if embeddings is None:
            continue
        if known.class_id not in labels:
            raise ValueError(
                f'{known.name} has class {known.class_id!r}; expected one of {", ".join(labels)}'
            )
        gallery.enrol(known.name, embeddings, class_id=labels.index(known.class_id))
    gallery_file.save(gallery, path)
    return len(gallery.names)
