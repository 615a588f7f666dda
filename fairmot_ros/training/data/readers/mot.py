# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Reader of MOTChallenge sequences: `img1/` beside `gt/gt.txt`."""

from __future__ import annotations

import fnmatch
from collections import defaultdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.boxes import is_valid_box, xywh_to_xyxy
from fairmot_ros.evaluation.metrics.label_notes import visdrone_note
from fairmot_ros.evaluation.mot.text_format import (
    CLASS,
    FRAME,
    HEIGHT,
    ID,
    LEFT,
    MARK,
    WIDTH,
    read_mot,
)
from fairmot_ros.files.label_errors import LabelError
from fairmot_ros.training.config import DatasetConfig
from fairmot_ros.training.data.image_files import IMAGE_SUFFIXES
from fairmot_ros.training.data.labelled_image import LabelledImage, make_labelled_image
from fairmot_ros.training.data.problems import DataError, Problems

PEDESTRIAN = 1
COLUMNS_WITH_CLASS = 9  # MOT16, MOT17 and MOT20; MOT15 has ten or seven columns


def find_sequences(folder: Path, include: tuple[str, ...] = ('*',)) -> list[Path]:
    """Return the sequences below a folder whose names match `include`, sorted.

    Raises:
        DataError: if there are none.
    """
    found = sorted(path.parent.parent for path in folder.rglob('gt/gt.txt'))
    sequences = [s for s in found if any(fnmatch.fnmatch(s.name, p) for p in include)]
    if not sequences:
        raise DataError(
            f'no MOTChallenge sequence in {folder}: expected */gt/gt.txt'
            + (f' in folders called {", ".join(include)}' if found else '')
        )
    return sequences


def read_pedestrians(path: Path) -> NDArray[np.float64]:
    """Return the rows of a gt.txt that are pedestrians and not marked 0, in file order.

    Raises:
        DataError: if the file cannot be read.
    """
    try:
        rows = read_mot(path)
    except LabelError as error:
        raise DataError(str(error)) from error
    keep = rows[:, MARK] != 0
    if rows.shape[1] == COLUMNS_WITH_CLASS:
        keep &= rows[:, CLASS] == PEDESTRIAN
    return rows[keep]


def frames_of(sequence: Path) -> dict[int, Path]:
    """Return the images of a sequence by frame number (their file name), sorted by it.

    Raises:
        DataError: if there are none, or two have the same number.
    """
    frames: dict[int, Path] = {}
    for path in sorted((sequence / 'img1').glob('*')):
        if path.suffix.lower() in IMAGE_SUFFIXES and path.stem.isdecimal():
            number = int(path.stem)
            if number in frames:
                raise DataError(f'{frames[number]} and {path} are both frame {number}: remove one')
            frames[number] = path
    if not frames:
        raise DataError(f'no images in {sequence / "img1"}: expected 000001.jpg and so on')
    return dict(sorted(frames.items()))


def read_mot_sequences(
    folder: Path, dataset: DatasetConfig, problems: Problems
) -> list[LabelledImage]:
    """Read the sequences below a folder whose names match `dataset.include`.

    An identity is a pair of sequence and track id. With `dataset.half`, only the first or second
    half of each sequence is read; the first half has N // 2 frames.

    Raises:
        DataError: if there is no sequence, or a gt.txt cannot be read.
    """
    images: list[LabelledImage] = []
    identity_numbers: dict[tuple[Path, int], int] = {}
    for sequence in find_sequences(folder, dataset.include):
        path = sequence / 'gt/gt.txt'
        rows_by_frame: dict[int, list[NDArray[np.float64]]] = defaultdict(list)
        rows = read_pedestrians(path)
        if note := visdrone_note(rows, path):
            problems.add(note)
        for row in rows:
            rows_by_frame[int(row[FRAME])].append(row)
        frames = frames_of(sequence)
        for frame in sorted(set(rows_by_frame) - set(frames)):
            problems.add(f'{path}: frame {frame} has labels but no image')
        for count, (frame, image_path) in enumerate(frames.items(), 1):
            if dataset.half and (count <= len(frames) // 2) != (dataset.half == 'first'):
                continue
            boxes, identities = [], []
            for row in rows_by_frame[frame]:
                box = xywh_to_xyxy(row[LEFT : HEIGHT + 1])
                if not is_valid_box(box):
                    width, height = row[[WIDTH, HEIGHT]]
                    problems.add(f'{path}: a box of frame {frame} is {width:g} x {height:g}')
                    continue
                boxes.append(box)
                key = (sequence, int(row[ID]))
                identities.append(identity_numbers.setdefault(key, len(identity_numbers)))
            images.append(make_labelled_image(image_path, boxes, identities))
    return images
