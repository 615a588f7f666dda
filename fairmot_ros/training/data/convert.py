# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Conversion of any readable dataset to the JDE layout: `images/` beside `labels_with_ids/`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from tqdm import tqdm

from fairmot_ros.boxes import xyxy_to_cxcywh
from fairmot_ros.files.writing import write_text
from fairmot_ros.training.data.labelled_image import LabelledImage
from fairmot_ros.training.data.problems import DataError, Problems
from fairmot_ros.training.data.readers import renumber_identities
from fairmot_ros.training.data.readers.jde import IMAGES, label_path


def write_jde(
    images: Sequence[LabelledImage], source: Path, output: Path, name: str, problems: Problems
) -> Path:
    """Write label files, link the images and list them in `<name>.train`.

    Identities are numbered over the whole dataset: two sequences never share one. Repeating the
    conversion gives the same files. Images that are already in place are not linked.

    Args:
        images: labelled images with paths below `source`.
        source: folder of the dataset.
        output: folder to write to.
        name: name of the list.
        problems: receives a message for each unreadable image, which is skipped.

    Returns:
        Path of the list.
    """
    listed = []
    for image in tqdm(
        renumber_identities(list(images)), desc='labels', unit='image', mininterval=2.0
    ):
        try:
            sample = image.load()
        except DataError as error:
            problems.add(f'{error}; skipped')
            continue
        parts = [p for p in image.path.relative_to(source).parts if p.lower() != IMAGES]
        relative = Path(IMAGES, *parts)
        _link(image.path, output / relative)
        size = np.array([sample.image.shape[1], sample.image.shape[0]] * 2)
        boxes = sample.boxes_xyxy.astype(np.float64) / size
        classes = sample.class_ids
        lines = [
            f'{0 if classes is None else classes[row]} {sample.identities[row]} '
            f'{x:.6f} {y:.6f} {width:.6f} {height:.6f}\n'
            for row, (x, y, width, height) in enumerate(xyxy_to_cxcywh(boxes))
        ]
        path = output / label_path(relative)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_text(path, ''.join(lines))
        listed.append(f'{relative}\n')
    listing = output / f'{name}.train'
    write_text(listing, ''.join(listed))
    return listing


def _link(image: Path, target: Path) -> None:
    """Make `target` a link to the image, unless both are the same file already."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists() and target.samefile(image):
        return
    target.unlink(missing_ok=True)
    target.symlink_to(os.path.abspath(image))
