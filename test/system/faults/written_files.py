# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Whether all files below a folder can be read, each by the reader of its kind."""

from __future__ import annotations

import csv
import json
import sqlite3
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
import yaml

from fairmot_ros.evaluation import read_mot


def _read_lines(path: Path) -> None:
    for line in path.read_text().splitlines():
        json.loads(line)


def _read_video(path: Path) -> None:
    video = cv2.VideoCapture(str(path))
    if not video.isOpened() or not video.read()[0]:
        raise ValueError('no image in it')


def _read_image(path: Path) -> None:
    if cv2.imread(str(path)) is None:
        raise ValueError('it is no image')


def _read_table(path: Path) -> None:
    with path.open(newline='') as file:
        header, *rows = csv.reader(file)
    if any(len(row) != len(header) for row in rows):
        raise ValueError('rows of different lengths')


def _read_arrays(path: Path) -> None:
    with np.load(path) as arrays:
        for name in arrays.files:
            arrays[name]


def _read_database(path: Path) -> None:
    with closing(sqlite3.connect(path, timeout=60)) as database:
        (result,) = database.execute('PRAGMA integrity_check').fetchone()
    if result != 'ok':
        raise ValueError(result)


def _read_page(path: Path) -> None:
    if not path.read_text().rstrip().endswith('</html>'):
        raise ValueError('its end is missing')


def _read_bag(path: Path) -> None:
    from fairmot_ros.evaluation.bags import Bag

    with Bag(path) as bag:
        if bag.damage:
            raise ValueError(bag.damage)


def _read_weights(path: Path) -> None:
    torch.load(path, map_location='cpu', weights_only=True)


def _read_network(path: Path) -> None:
    ElementTree.parse(path)
    if not path.with_suffix('.bin').stat().st_size:
        raise ValueError('its weights are missing')


READERS: dict[str, Callable[[Path], Any]] = {
    '.csv': _read_table,
    '.db': _read_database,
    '.html': _read_page,
    '.jpg': _read_image,
    '.json': lambda path: json.loads(path.read_text()),
    '.jsonl': _read_lines,
    '.mcap': _read_bag,
    '.mp4': _read_video,
    '.npz': _read_arrays,
    '.png': _read_image,
    '.pt': _read_weights,
    '.pth': _read_weights,
    '.txt': read_mot,
    '.xml': _read_network,
    '.yaml': lambda path: yaml.safe_load(path.read_text()),
}
#: Files that may be incomplete, and that the next run replaces or ignores. Those of TensorBoard
#: have a new name in each run.
TEMPORARY = ('.partial', '.unfinished', 'tensorboard')
#: Files whose content has no form, or is read with another file.
WITHOUT_READER = ('.md', '.lock', '.bin', '.db-wal', '.db-shm', '.db-journal', '')


def is_temporary(path: Path) -> bool:
    """Return whether a killed process may leave a file incomplete."""
    return any(word in part for word in TEMPORARY for part in path.parts)


def finished_files(folder: Path) -> list[Path]:
    """Return the paths of all other files, relative to the folder."""
    files = (path for path in sorted(folder.rglob('*')) if path.is_file())
    paths = (path.relative_to(folder) for path in files)
    return [path for path in paths if not is_temporary(path)]


def corrupt_files(folder: Path) -> list[str]:
    """Return what is wrong with the files of a folder."""
    found = []
    for path in finished_files(folder):
        if path.suffix in WITHOUT_READER:
            continue
        try:
            READERS[path.suffix](folder / path)
        except Exception as error:
            found.append(f'{path}: {type(error).__name__}: {error}')
    return found
