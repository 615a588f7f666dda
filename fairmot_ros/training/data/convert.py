"""Labels of any readable set in the paper's layout: `images/` beside `labels_with_ids/`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from tqdm import tqdm

from fairmot_ros.boxes import xyxy_to_cxcywh
from fairmot_ros.training.data.data_problems import Problems
from fairmot_ros.training.data.readers import without_gaps
from fairmot_ros.training.data.readers.jde import IMAGES, label_path
from fairmot_ros.training.data.sources import DataError, Photograph
from fairmot_ros.written_files import write_text


def write_jde(
    photographs: Sequence[Photograph], source: Path, output: Path, name: str, problems: Problems
) -> Path:
    """Write the labels of a set, link its pictures, and list them in `<name>.train`.

    Identities count over the whole set, whatever the order of its labels: people of two
    sequences never share one. Files are written anew, so doing it again changes nothing.
    Pictures that already lie at their place stay there.

    Args:
        photographs: what was read, with paths below `source`.
        source: folder of the set.
        output: folder to write.
        name: of the list.
        problems: where unreadable pictures, which are left out, are noted.

    Returns:
        Path of the list.
    """
    numbered = without_gaps(list(photographs))
    listed = []
    for photograph in tqdm(numbered, desc='labels', unit='picture', mininterval=2.0):
        try:
            scene = photograph.load()
        except DataError as error:
            problems.add(f'{error}; left out')
            continue
        own = [p for p in photograph.path.relative_to(source).parts if p.lower() != IMAGES]
        picture = Path(IMAGES, *own)
        _link(photograph.path, output / picture)
        size = np.array([scene.image.shape[1], scene.image.shape[0]] * 2)
        boxes = scene.boxes_xyxy.astype(np.float64) / size
        classes = scene.class_ids
        lines = [
            f'{0 if classes is None else classes[row]} {scene.identities[row]} '
            f'{x:.6f} {y:.6f} {width:.6f} {height:.6f}\n'
            for row, (x, y, width, height) in enumerate(xyxy_to_cxcywh(boxes))
        ]
        path = output / label_path(picture)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_text(path, ''.join(lines))
        listed.append(f'{picture}\n')
    listing = output / f'{name}.train'
    write_text(listing, ''.join(listed))
    return listing


def _link(picture: Path, place: Path) -> None:
    """Make `place` lead to a picture, unless it already does."""
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.exists() and place.samefile(picture):
        return
    place.unlink(missing_ok=True)
    place.symlink_to(os.path.abspath(picture))
