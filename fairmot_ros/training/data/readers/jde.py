# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Reader of the JDE layout: `images/` beside `labels_with_ids/`, one text file per image."""

from __future__ import annotations

import fnmatch
from pathlib import Path

import numpy as np
from tqdm import tqdm

from fairmot_ros.boxes import cxcywh_to_xyxy, is_valid_box
from fairmot_ros.training.config import DatasetConfig
from fairmot_ros.training.data.image_files import IMAGE_SUFFIXES
from fairmot_ros.training.data.labelled_image import LabelledImage, make_labelled_image
from fairmot_ros.training.data.problems import DataError, Problems

IMAGES, LABELS = 'images', 'labels_with_ids'
MIN_PROGRESS_IMAGES = 2000  # smaller datasets are read too quickly for a progress bar


def label_path(image: Path) -> Path:
    """Return the path of an image's label file: `images` is replaced by `labels_with_ids`."""
    parts = [LABELS if part == IMAGES else part for part in image.parts]
    return Path(*parts).with_suffix('.txt')


def read_jde(folder: Path, dataset: DatasetConfig, problems: Problems) -> list[LabelledImage]:
    """Read the images listed in the file `dataset.labels`, or all below `images/`.

    A label line holds class, identity (-1 if unknown), centre x and y, width and height; the last
    four are relative to the image size. Boxes may extend beyond the image.

    Raises:
        DataError: if there are no such images.
    """
    if dataset.labels:
        listing = folder / dataset.labels
        if not listing.is_file():
            raise DataError(f'no list of images at {listing}')
        names = [
            line.strip()
            for line in listing.read_text(encoding='utf-8-sig').splitlines()
            if line.strip()
        ]
    else:
        names = sorted(
            str(path.relative_to(folder))
            for path in (folder / IMAGES).rglob('*')
            if path.suffix.lower() in IMAGE_SUFFIXES
        )
    if not names:
        raise DataError(f'no training set in {folder}: expected images in {IMAGES}/')
    images = []
    hidden = len(names) < MIN_PROGRESS_IMAGES
    for name in tqdm(names, desc=f'labels of {folder.name}', disable=hidden):
        if not any(fnmatch.fnmatch(Path(name).name, pattern) for pattern in dataset.include):
            continue
        path = folder / label_path(Path(name))
        if not path.is_file():
            problems.add(f'{folder / name} has no labels: expected {path}; skipped')
            continue
        classes, identities, boxes = read_labels(path, len(dataset.names), problems)
        images.append(
            make_labelled_image(
                folder / name,
                boxes,
                identities,
                class_ids=np.array(classes, np.int64),
                normalised=True,
            )
        )
    _report_missing_identities(folder, images, problems)
    return images


def read_labels(
    path: Path, num_classes: int, problems: Problems
) -> tuple[list[int], list[int], list[list[float]]]:
    """Return classes, identities and boxes (left, top, right, bottom, relative) of a file.

    Malformed lines and lines whose box lies outside the image are skipped and reported.
    """
    classes, identities, boxes = [], [], []
    for number, line in enumerate(
        path.read_text(encoding='utf-8-sig', errors='replace').splitlines(), start=1
    ):
        if not line.strip():
            continue
        try:
            label, identity, x, y, w, h = (float(v) for v in line.split())
            person = max(int(identity), -1)
        except (ValueError, OverflowError):  # int() of NaN and infinity
            problems.add(f'{path}, line {number}: expected six numbers, got {line.strip()!r}')
            continue
        box = cxcywh_to_xyxy(np.array([x, y, w, h], np.float64)).tolist()
        if not 0 <= label < num_classes:
            problems.add(
                f'{path}, line {number}: class {label:g} is none of the {num_classes} classes'
            )
        elif not is_valid_box(box):
            problems.add(f'{path}, line {number}: the box is {w:g} x {h:g}')
        elif max(box[0], box[1]) >= 1 or min(box[2], box[3]) <= 0:
            problems.add(f'{path}, line {number}: the box lies outside the image')
        else:
            classes.append(int(label))
            identities.append(person)
            boxes.append(box)
    return classes, identities, boxes


def _report_missing_identities(
    folder: Path, images: list[LabelledImage], problems: Problems
) -> None:
    """Report gaps in the identity numbers, which are often a sign of missing label files."""
    used = {int(i) for image in images for i in image.identities if i >= 0}
    missing = sorted(set(range(max(used, default=-1) + 1)) - used)
    if missing:
        problems.add(
            f'{folder}: {len(missing)} of the identities 0..{max(used)} do not occur, '
            f'the first is {missing[0]}: their classes get no training samples'
        )
