# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Images of the training sets' archives."""

from __future__ import annotations

import json
import shutil
import tarfile
from collections.abc import Collection
from pathlib import Path

from benchmarks import REFERENCE_DATA

ARCHIVES = REFERENCE_DATA / 'data' / 'training'


def unpack(name: str, folder: Path, images: Collection[str] | None = None) -> Path:
    """Unpack the labels and images of a set, unless that was done before.

    Args:
        name: of the set.
        folder: to write the set's own folder into; one for each choice of images.
        images: names of the files to unpack; None for all.

    Returns:
        The set's folder.
    """
    target = folder / name
    if target.is_dir():
        return target
    partial = folder / 'partial'
    shutil.rmtree(partial, ignore_errors=True)
    with tarfile.open(ARCHIVES / f'{name}.tar') as archive:
        for member in archive:
            path = Path(member.name)
            wanted = images is None or path.name in images or path.name == 'annotations.json'
            if member.isfile() and wanted:
                archive.extract(member, partial, filter='data')
    (partial / name).replace(target)
    partial.rmdir()
    return target


def without_people(folder: Path) -> list[Path]:
    """Return the images of a set that no label belongs to."""
    content = json.loads((folder / 'annotations.json').read_text())
    labelled = {annotation['image_id'] for annotation in content['annotations']}
    files = [folder / i['file_name'] for i in content['images'] if i['id'] not in labelled]
    return [path for path in files if path.is_file()]
