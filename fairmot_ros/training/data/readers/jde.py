"""The paper's layout: `images/` beside `labels_with_ids/`, one text file per picture."""

from __future__ import annotations

import fnmatch
from pathlib import Path

import numpy as np
from tqdm import tqdm

from fairmot_ros.boxes import cxcywh_to_xyxy, is_valid_box
from fairmot_ros.training.config import SetConfig
from fairmot_ros.training.data.data_problems import Problems
from fairmot_ros.training.data.sources import (
    PICTURES,
    DataError,
    Photograph,
    make_photograph,
)

IMAGES, LABELS = 'images', 'labels_with_ids'
MANY = 2000  # pictures, from which on reading takes long enough for a progress bar


def label_path(picture: Path) -> Path:
    """Return where the labels of a picture lie: `images` becomes `labels_with_ids`."""
    parts = [LABELS if part == IMAGES else part for part in picture.parts]
    return Path(*parts).with_suffix('.txt')


def read_jde(folder: Path, part: SetConfig, problems: Problems) -> list[Photograph]:
    """Read the pictures that a list (`labels` of the set) names, or all below `images/`.

    A line of labels is: class, identity (-1 if unknown), centre x and y, width and height,
    the last four relative to the picture's size; boxes may leave it.

    Raises:
        DataError: if there are no such pictures.
    """
    if part.labels:
        listing = folder / part.labels
        if not listing.is_file():
            raise DataError(f'no list of pictures at {listing}')
        names = [
            line.strip()
            for line in listing.read_text(encoding='utf-8-sig').splitlines()
            if line.strip()
        ]
    else:
        found = (folder / IMAGES).rglob('*')
        names = sorted(str(p.relative_to(folder)) for p in found if p.suffix.lower() in PICTURES)
    if not names:
        raise DataError(f'no training set in {folder}: expected pictures in {IMAGES}/')
    photographs = []
    for name in tqdm(names, desc=f'labels of {folder.name}', disable=len(names) < MANY):
        if not any(fnmatch.fnmatch(Path(name).name, pattern) for pattern in part.include):
            continue
        path = folder / label_path(Path(name))
        if not path.is_file():
            problems.add(f'{folder / name} has no labels: expected {path}; left out')
            continue
        classes, identities, boxes = read_labels(path, len(part.names), problems)
        photographs.append(
            make_photograph(
                folder / name,
                boxes,
                identities,
                class_ids=np.array(classes, np.int64),
                normalised=True,
            )
        )
    _note_gaps(folder, photographs, problems)
    return photographs


def read_labels(
    path: Path, num_classes: int, problems: Problems
) -> tuple[list[int], list[int], list[list[float]]]:
    """Return classes, identities and boxes (left, top, right, bottom, relative) of a file.

    Lines that are no label, or whose box lies outside the picture, are noted and left out.
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
        except (ValueError, OverflowError):  # int() of what is not finite raises either
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
            problems.add(f'{path}, line {number}: the box lies outside the picture')
        else:
            classes.append(int(label))
            identities.append(person)
            boxes.append(box)
    return classes, identities, boxes


def _note_gaps(folder: Path, photographs: list[Photograph], problems: Problems) -> None:
    """Note identities that do not occur: mostly harmless, but often a sign of lost labels."""
    seen = {int(i) for photograph in photographs for i in photograph.identities if i >= 0}
    missing = sorted(set(range(max(seen, default=-1) + 1)) - seen)
    if missing:
        problems.add(
            f'{folder}: {len(missing)} of the identities 0..{max(seen)} do not occur, '
            f'the first is {missing[0]}: each costs a class that learns nothing'
        )
